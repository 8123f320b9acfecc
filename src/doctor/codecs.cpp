// SPDX-License-Identifier: Apache-2.0
#include "catdog/doctor/codecs.hpp"

#include <dlfcn.h>
#include <link.h>
#include <spdlog/fmt/fmt.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

#include "catdog/core/text.hpp"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// A hole that a crafted image reaches while catdog decodes it.
struct KnownHole {
  const char* library;
  const char* cve;
  const char* fixed_version;  // of the library; empty: not known
  const char* release;        // of a distribution,
  const char* fixed_package;  //   and the package's version there
};

// To add one, give the version in which it is fixed as the library's release notes and the
// package's changelog.Debian.gz (which names the CVE) have it.
constexpr KnownHole kHoles[] = {
    {"libpng", "CVE-2026-46675", "", "bookworm", "1.6.39-2+deb12u6"},
    {"libtiff", "CVE-2025-9900", "4.7.1", "bookworm", "4.5.0-6+deb12u3"},
    {"libwebp", "CVE-2023-4863", "1.3.2", "bookworm", "1.2.4-0.2+deb12u1"},
};

// A library, and how its file's name begins.
constexpr std::pair<const char*, const char*> kLibraries[] = {
    {"libjpeg", "libjpeg.so"},
    {"libpng", "libpng16.so"},
    {"libtiff", "libtiff.so"},
    {"libwebp", "libwebp.so"},
};

// What a command prints, without its last line end; empty if it fails.
std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      ::popen((command + " 2>/dev/null").c_str(), "re"), ::pclose);
  std::string text;
  char part[512];
  while (pipe && std::fgets(part, sizeof part, pipe.get()) != nullptr) text += part;
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// By dpkg's order of versions.
bool is_older_package(const std::string& version, const std::string& than) {
  const int status = std::system(fmt::format("dpkg --compare-versions {} lt {} 2>/dev/null",
                                             shell_word(version), shell_word(than))
                                     .c_str());
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// "1.10.2" → {1, 10, 2}; what does not begin with a digit ends it.
std::vector<int> numbers_in(const std::string& version) {
  std::vector<int> numbers;
  std::istringstream parts(version);
  for (int number = 0; parts >> number;) {
    numbers.push_back(number);
    if (parts.get() != '.') break;
  }
  return numbers;
}

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

// libjpeg-turbo has no function for its version.
std::string version_of(const CodecLibrary& library) {
  void* handle = ::dlopen(library.path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return "";
  std::string version;
  if (auto* png = symbol<uint32_t()>(handle, "png_access_version_number")) {
    const uint32_t number = png();  // 10639: 1.6.39
    version = fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
  } else if (auto* tiff = symbol<const char*()>(handle, "TIFFGetVersion")) {
    const std::string text = tiff();  // "LIBTIFF, Version 4.5.0\nCopyright …"
    const size_t start = text.find_first_of("0123456789");
    version = text.substr(std::min(start, text.size()), text.find('\n') - start);
  } else if (auto* webp = symbol<int()>(handle, "WebPGetDecoderVersion")) {
    const int number = webp();  // 0x010204: 1.2.4
    version = fmt::format("{}.{}.{}", number >> 16, number >> 8 & 0xFF, number & 0xFF);
  }
  ::dlclose(handle);
  return version;
}

void find_package(CodecLibrary& library) {
  const std::string owner = output_of("dpkg-query -S " + shell_word(library.path.native()));
  const size_t end = owner.find(": ");  // "libwebp7:amd64: /usr/lib/…"
  if (end == std::string::npos || owner.find('\n') != std::string::npos) return;
  const std::string package = owner.substr(0, end);
  library.package_version = output_of("dpkg-query -W -f='${Version}' " + shell_word(package));
  if (!library.package_version.empty()) library.package = package.substr(0, package.find(':'));
}

// The code name in /etc/os-release; empty if there is none.
std::string release_of_system() {
  constexpr std::string_view kKey = "VERSION_CODENAME=";
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kKey)) return line.substr(kKey.size());
  }
  return "";
}

bool belongs_to_system(const fs::path& path) {
  return path.native().starts_with("/usr/lib") || path.native().starts_with("/lib");
}

}  // namespace

std::vector<std::string> known_holes(const CodecLibrary& library, const std::string& release) {
  std::vector<std::string> holes;
  for (const KnownHole& hole : kHoles) {
    if (library.name != hole.library) continue;
    bool has_it = false;
    if (!library.package.empty()) {
      has_it = release == hole.release &&
               is_older_package(library.package_version, hole.fixed_package);
    } else if (!belongs_to_system(library.path) && *hole.fixed_version != '\0') {
      const std::vector<int> version = numbers_in(library.version);
      has_it = !version.empty() && version < numbers_in(hole.fixed_version);
    }
    if (has_it) holes.emplace_back(hole.cve);
  }
  return holes;
}

std::vector<CodecLibrary> codec_libraries() {
  std::vector<fs::path> loaded;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        static_cast<std::vector<fs::path>*>(data)->emplace_back(info->dlpi_name);
        return 0;
      },
      &loaded);
  const std::string release = release_of_system();
  std::vector<CodecLibrary> libraries;
  for (const auto& [name, beginning] : kLibraries) {
    for (const fs::path& path : loaded) {
      if (!path.filename().native().starts_with(beginning)) continue;
      std::error_code ignored;
      const fs::path file = fs::canonical(path, ignored);
      CodecLibrary library = {.name = name, .path = file.empty() ? path : file};
      library.version = version_of(library);
      find_package(library);
      library.holes = known_holes(library, release);
      libraries.push_back(std::move(library));
    }
  }
  return libraries;
}

}  // namespace catdog
