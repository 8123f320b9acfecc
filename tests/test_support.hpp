// SPDX-License-Identifier: Apache-2.0
// What the tests share: a folder that vanishes, small pictures and files, the text of an expected
// error, and a snapshot of a folder to see that nothing in it changed.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catdog/pictures/picture.hpp"

namespace catdog::test {

namespace fs = std::filesystem;

// A new empty folder, removed with all that is in it at the end of the test.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "catdog-test.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const fs::path& path() const { return path_; }
  fs::path operator/(const fs::path& name) const { return path_ / name; }

 private:
  fs::path path_;
};

// Writes `bytes` to `path`; missing parent folders are made.
inline void write_text(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

inline std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

// An RGB picture, smooth so that JPEG keeps it closely, and different for each `number`.
inline Picture make_picture(int height, int width, unsigned number = 0) {
  Picture picture(height, width, CV_8UC3);
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      picture.at<cv::Vec3b>(row, column) = {
          static_cast<uint8_t>(255 * row / height), static_cast<uint8_t>(255 * column / width),
          static_cast<uint8_t>((number * 37 + static_cast<unsigned>(row + column) / 2) % 256)};
    }
  }
  return picture;
}

// An RGB picture of independent random bytes (a small generator of its own: equal everywhere).
inline Picture make_noise(int height, int width, uint32_t seed = 1) {
  Picture picture(height, width, CV_8UC3);
  for (size_t i = 0; i < picture.total() * 3; ++i) {
    seed = seed * 1664525u + 1013904223u;
    picture.data[i] = static_cast<uint8_t>(seed >> 24);
  }
  return picture;
}

// `picture` as the bytes of a file of the kind that `extension` (".jpg", ".png", …) names.
inline std::string encode(const Picture& picture, const std::string& extension,
                          const std::vector<int>& parameters = {}) {
  cv::Mat bgr;
  std::vector<cv::Mat> planes;
  cv::split(picture, planes);
  if (planes.size() >= 3) std::swap(planes[0], planes[2]);
  cv::merge(planes, bgr);
  std::vector<uint8_t> bytes;
  cv::imencode(extension, bgr, bytes, parameters);
  return {bytes.begin(), bytes.end()};
}

// Writes picture number `number` to `path`, in the kind that its extension names.
inline void write_picture(const fs::path& path, unsigned number = 0, int height = 24,
                          int width = 32) {
  write_text(path, encode(make_picture(height, width, number), path.extension().string()));
}

// cat.0.jpg … and dog.0.jpg … as Kaggle names them; all different up to 128 a class.
inline void make_flat(const fs::path& folder, int per_class) {
  for (int i = 0; i < per_class; ++i) {
    const auto number = static_cast<unsigned>(i);
    write_picture(folder / ("cat." + std::to_string(i) + ".jpg"), 2 * number);
    write_picture(folder / ("dog." + std::to_string(i) + ".jpg"), 2 * number + 1);
  }
}

// Runs `action`, which returns true if all was well, in a child process: for what changes a whole
// process, such as a signal or a limit.
template <typename Action>
bool well_in_child(Action&& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool well = false;
    try {
      well = action();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in the child process: %s\n", error.what());
    }
    ::_exit(well ? 0 : 1);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The message of the `Expected` exception that `action` throws; a failed test and "" without one.
template <typename Expected, typename Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (const Expected& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another exception: " << error.what();
    return "";
  }
  ADD_FAILURE() << "no exception";
  return "";
}

// Every entry below `folder`: relative path → "folder", "link TARGET", "special" or "file BYTES".
inline std::map<std::string, std::string> snapshot(const fs::path& folder) {
  std::map<std::string, std::string> entries;
  if (!fs::exists(folder)) return entries;
  entries["."] = "folder";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    std::string& what = entries[entry.path().lexically_relative(folder).string()];
    if (entry.is_symlink()) {
      what = "link " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_directory()) {
      what = "folder";
    } else {
      what = entry.is_regular_file() ? "file " + read_text(entry.path()) : "special";
    }
  }
  return entries;
}

}  // namespace catdog::test
