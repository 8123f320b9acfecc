// SPDX-License-Identifier: Apache-2.0
#include "catdog/core/files.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "catdog/core/error.hpp"
#include "open_file.hpp"

namespace catdog {
namespace {

// How many bytes at the front of `text` form one valid UTF-8 character that is no control
// character; 0 if none do.
size_t printable_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 0;
  if (byte(0) < 0x80) return 1;
  const size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  if (length == 0 || byte(0) > 0xF4 || text.size() < length) return 0;
  // Second bytes that would make a longer form of a shorter character, half of a pair of UTF-16,
  // something beyond Unicode, or a control character of terminals (U+0080 to U+009F).
  const bool is_other = (byte(0) == 0xE0 && byte(1) < 0xA0) ||
                        (byte(0) == 0xED && byte(1) > 0x9F) ||
                        (byte(0) == 0xF0 && byte(1) < 0x90) ||
                        (byte(0) == 0xF4 && byte(1) > 0x8F) || (byte(0) == 0xC2 && byte(1) < 0xA0);
  if (is_other) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

bool FileError::is_of_disk() const {
  return number_ == ENOSPC || number_ == EDQUOT || number_ == EIO || number_ == EROFS;
}

std::string shown(const fs::path& path) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string_view rest = path.native();
  std::string text;
  while (!rest.empty()) {
    size_t length = printable_length(rest);
    if (length > 0) {
      text += rest.substr(0, length);
    } else {
      const auto byte = static_cast<unsigned char>(rest[0]);
      text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      length = 1;
    }
    rest.remove_prefix(length);
  }
  return text;
}

std::string read_file(const fs::path& path, uint64_t max_bytes) {
  const File file(path, O_RDONLY | O_NONBLOCK);  // O_NONBLOCK: opening a FIFO must not wait
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) fail("cannot read", path);
  if (!S_ISREG(status.st_mode)) throw Error("cannot read " + shown(path) + ": not a regular file");
  if (static_cast<uint64_t>(status.st_size) > max_bytes) {
    throw Error("cannot read " + shown(path) + ": " + std::to_string(status.st_size) +
                " bytes, at most " + std::to_string(max_bytes) + " are allowed");
  }
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", path);
    if (got == 0) break;  // the file shrank meanwhile
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void check_room(const fs::path& folder, uint64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (!error && space.capacity > 0 && space.available < bytes) {  // 0: it does not tell
    throw Error(shown(folder) + ": " + std::to_string(space.available >> 20) +
                " MB are free on this disk, " + std::to_string((bytes >> 20) + 1) +
                " MB are needed: make room, or choose another folder");
  }
}

std::string sha256(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw Error("SHA-256 is not available in this machine's OpenSSL");
  }
  std::string text;
  for (const unsigned char byte : digest) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

bool natural_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string_view whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const auto take_number = [&](std::string_view& text) {
        const size_t end =
            std::min(static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                         text.begin()),
                     text.size());
        std::string_view number = text.substr(0, end);
        text.remove_prefix(end);
        number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
        return number;
      };
      const std::string_view x = take_number(a), y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a[0] != b[0]) {
        return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
      }
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // equal but for leading zeros: still a strict order
}

}  // namespace catdog
