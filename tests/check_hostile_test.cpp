// SPDX-License-Identifier: Apache-2.0
// Files that were made to fool, crash, hang or fill a program, all in one folder: `catdog check`
// gives the right verdict on each, quickly and in little memory, and changes none of them.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/pictures/check.hpp"
#include "picture_files.hpp"

namespace catdog {
namespace {

using namespace std::string_view_literals;
using test::encode;
using test::jpeg;
using test::jpeg_that_claims;
using test::make_noise;
using test::TempFolder;
using test::with_bytes;
using test::write_text;

using Ids = std::set<std::string>;

const std::string& golden(const std::string& name) {
  const auto& all = test::golden_pictures();
  return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; })
      ->file;
}

class HostilePictures : public testing::Test {
 protected:
  HostilePictures() {
    for (const char* other :
         {"train/dogs/good.png", "validation/cats/good.png", "validation/dogs/good.png"}) {
      write_text(folder_ / other, encode(make_noise(40, 40, 7), ".png"));
    }
    fs::create_directories(cats_);
  }

  // A file, and the findings that name it.
  void add(const std::string& name, std::string_view bytes, Ids expected) {
    write_text(cats_ / name, bytes);
    expect(name, std::move(expected));
  }
  void expect(const std::string& name, Ids expected) {
    ASSERT_TRUE(expected_.emplace("train/cats/" + name, std::move(expected)).second) << name;
  }

  void add_no_pictures();
  void add_damaged();
  void add_absurd_sizes();
  void add_odd_but_good();
  void add_odd_names();
  void add_no_files();

  std::map<std::string, Ids> verdicts() const {
    const CheckResult result = check_pictures({.dir = folder_.path(), .near_bits = -1});
    std::map<std::string, Ids> verdicts;
    for (const Finding& finding : result.findings) {
      for (const std::string& file : finding.files) {
        if (file.starts_with("train/cats/")) verdicts[file].insert(text_of(finding.kind).id);
      }
    }
    return verdicts;
  }

  TempFolder folder_;
  fs::path cats_ = folder_ / "train/cats";
  std::map<std::string, Ids> expected_;
};

void HostilePictures::add_no_pictures() {
  const auto none = [&](const std::string& name, std::string_view bytes) {
    add(name + ".jpg", bytes, {"no-picture"});
  };
  none("empty", "");
  none("one byte", "\xFF");
  none("text", "just text");
  none("html", "<!DOCTYPE html><html></html>");
  none("gif", "GIF89a\1\0\1\0"sv);
  none("pdf", "%PDF-1.4\n");
  none("program",
       "\x7F"
       "ELF");
  none("zeros", std::string(4096, '\0'));
  none("pam", "P7\nWIDTH 1\n");
  none("sound", "RIFF....WAVE");
  none("dicom", with_bytes(std::string(4096, 'x'), 128, "DICM"));
  none("without its first byte", jpeg().substr(1));
}

void HostilePictures::add_damaged() {
  const auto damaged = [&](const std::string& name, std::string_view bytes) {
    add(name, bytes, {"damaged"});
  };
  for (const bool progressive : {false, true}) {
    const std::string whole = jpeg(120, 160, progressive);
    const std::string kind = progressive ? "progressive " : "baseline ";
    for (const size_t percent : {1, 10, 25, 50, 75, 90, 99}) {
      damaged(kind + std::to_string(percent) + ".jpg",
              whole.substr(0, whole.size() * percent / 100));
    }
    damaged(kind + "without end.jpg", whole.substr(0, whole.size() - 2));
  }
  for (const char* ending : {".png", ".bmp", ".ppm", ".tiff", ".webp"}) {
    const std::string whole = encode(make_noise(60, 80), ending);
    for (const size_t percent : {50, 99}) {
      damaged("cut " + std::to_string(percent) + ending,
              whole.substr(0, whole.size() * percent / 100));
    }
  }
  damaged("zeroed.jpg", with_bytes(jpeg(), jpeg().size() / 2, std::string(2048, '\0')));
  damaged("bad table.jpg", with_bytes(jpeg(), jpeg().find("\xFF\xC4") + 5, "\x7F"));
  damaged("no height.jpg", jpeg_that_claims(0, 160));
  damaged("no width.jpg", jpeg_that_claims(120, 0));
  damaged("half the rows.jpg", jpeg_that_claims(240, 160));
  damaged("81 megapixels in 30 KB.jpg", jpeg_that_claims(9000, 9000));
  damaged("883 scans.jpg", test::jpeg_in_scans(400, 883));
  damaged("no picture's chunk.webp", with_bytes(encode(make_noise(9, 9), ".webp"), 12, "ICCP"));
  damaged("late header.png", with_bytes(encode(make_noise(9, 9), ".png"), 12, "abCd"));
}

void HostilePictures::add_absurd_sizes() {
  const std::string png = encode(make_noise(60, 80), ".png");
  const auto absurd = [&](const std::string& name, std::string_view bytes) {
    add(name, bytes, {"absurd-size"});
  };
  absurd("30000.jpg", jpeg_that_claims(30000, 30000));
  absurd("65500.jpg", jpeg_that_claims(65500, 65500));
  absurd("36864.png", with_bytes(png, 16, "\0\0\x90\0\0\0\x90\0"sv));
  absurd("100000.png", with_bytes(png, 16, "\0\1\x86\xA0\0\1\x86\xA0"sv));
  absurd("none.png", with_bytes(png, 16, std::string(8, '\0')));
  absurd("36864.bmp", with_bytes(encode(make_noise(9, 9), ".bmp"), 18, "\0\x90\0\0\0\x90\0\0"sv));
  absurd("30000.ppm", "P6 30000 30000 255\n" + std::string(1000, 'x'));
  absurd("1e20.ppm", "P6\n# a comment 3 4\n99999999999999999999 1 255\n");
  absurd("none.ppm", "P6 0 5 255\n");
  absurd("behind a comment.ppm", "P4\n#\r30000 30000 \n10 10\n");
  absurd("1465 MB.jpg", test::jpeg_in_scans(16000, 1, /*components=*/3));
}

void HostilePictures::add_odd_but_good() {
  const std::string exif = golden("EXIF says rotated");
  const size_t tag = exif.find("\x01\x12"sv);  // big-endian, as is the value 8 bytes on
  add("grey.jpg", golden("grey"), {"grey", "tiny"});
  add("cmyk.jpg", golden("CMYK"), {"cmyk", "tiny"});
  add("turned.jpg", exif, {"turned", "tiny"});
  add("turned by 99.jpg", with_bytes(exif, tag + 8, "\0\x63"sv), {"tiny"});
  add("upright.jpg", with_bytes(exif, tag + 8, "\0\x01"sv), {"tiny"});
  add("alpha.png", golden("PNG with alpha"), {"alpha", "tiny"});
  add("grey.png", golden("PNG grey"), {"grey", "tiny"});
  add("grey.ppm", golden("PGM"), {"grey", "tiny"});
  add("a png.jpg", encode(make_noise(40, 41), ".png"), {"wrong-ending"});
  add("a jpeg.PNG", jpeg(41, 40), {"wrong-ending"});
  add("zeros behind.jpg", jpeg(42, 40) + std::string(5000, '\0'), {});
  add("dicm in the pixels.bmp", with_bytes(encode(make_noise(43, 40), ".bmp"), 128, "DICM"), {});
  cv::Mat wide;
  make_noise(44, 40).convertTo(wide, CV_16UC3, 257);
  add("16 bits.png", encode(wide, ".png"), {});
}

void HostilePictures::add_odd_names() {
  unsigned number = 0;
  for (const std::string& name :
       {std::string("new\nline"), std::string("  spaces  "),
        std::string("katze \xC3\xA4 \xF0\x9F\x90\xB1"), std::string("invalid \xFF\xFE"),
        std::string("long form \xC0\xAF"), std::string("longer form \xE0\x80\xAF"),
        std::string("half a pair \xED\xA0\x80"), std::string("-n --help"),
        std::string("{} %s $HOME `id`"), std::string("\"quotes\" \\ '"), std::string("\x1B[31mred"),
        std::string(250, 'x')}) {
    add(name + ".png", encode(make_noise(45, 40, ++number), ".png"), {});
    add("not taken " + name.substr(0, 40), "", {"not-taken"});
    write_text(cats_ / fs::path(".").concat(name.substr(0, 40)).concat(".jpg"), "not looked at");
  }
  // Names are exact also where the picture is bad.
  add("bad \n\xED\xA0\x80\xC2\x9B.jpg", "", {"no-picture"});
}

void HostilePictures::add_no_files() {
  write_text(cats_ / "folder.jpg/inside.jpg", jpeg(46, 40));
  ASSERT_EQ(::mkfifo((cats_ / "fifo.jpg").c_str(), 0600), 0);
  expect("fifo.jpg", {"unreadable"});
  const auto link = [&](const char* target, const char* name, Ids expected) {
    fs::create_symlink(target, cats_ / name);
    expect(name, std::move(expected));
  };
  link("itself.jpg", "itself.jpg", {"unreadable"});
  link("pong.jpg", "ping.jpg", {"unreadable"});
  link("ping.jpg", "pong.jpg", {"unreadable"});
  link("nowhere", "broken link.jpg", {"unreadable"});
  link("/dev/zero", "endless.jpg", {"unreadable"});
  link("..", "loop of folders", {"not-taken"});
  link("..", "loop of folders.jpg", {"not-taken"});
  write_text(cats_ / "300 MB.jpg", jpeg());
  fs::resize_file(cats_ / "300 MB.jpg", 300 << 20);  // a hole: takes no room on the disk
  expect("300 MB.jpg", {"unreadable"});
}

TEST_F(HostilePictures, EachGetsItsVerdictAndNothingIsChanged) {
  add_no_pictures();
  add_damaged();
  add_absurd_sizes();
  add_odd_but_good();
  add_odd_names();
  add_no_files();
  ASSERT_GE(expected_.size(), 60u);
  fs::resize_file(cats_ / "300 MB.jpg", 0);  // a snapshot of it would take memory of its own
  const auto before = test::snapshot(folder_.path());
  fs::resize_file(cats_ / "300 MB.jpg", 300 << 20);

  const auto found = verdicts();
  for (const auto& [name, ids] : expected_) {
    const auto verdict = found.find(name);
    EXPECT_EQ(verdict == found.end() ? Ids{} : verdict->second, ids) << name;
  }
  for (const auto& [name, ids] : found) EXPECT_TRUE(expected_.contains(name)) << name;

  EXPECT_LT(test::most_memory_mb(), 300);
  fs::resize_file(cats_ / "300 MB.jpg", 0);
  EXPECT_EQ(test::snapshot(folder_.path()), before);
}

TEST_F(HostilePictures, AFileWithoutPermissionIsNamed) {
  add("secret.jpg", jpeg(47, 40), {});
  fs::permissions(cats_ / "secret.jpg", fs::perms::none);
  fs::permissions(folder_.path(), fs::perms(0755));
  EXPECT_TRUE(test::well_in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return false;  // root may read anything
    return verdicts() == std::map<std::string, Ids>{{"train/cats/secret.jpg", {"unreadable"}}};
  }));
}

}  // namespace
}  // namespace catdog
