// SPDX-License-Identifier: Apache-2.0
#include "jpeg.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <string>
#include <vector>
// Each of these needs what stands before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "catdog/pictures/decode.hpp"
#include "catdog/pictures/resize.hpp"
#include "header.hpp"

namespace catdog {
namespace {

// A progressive JPEG paints the whole picture again with each scan. Programs write ten or so; a
// small file may hold a thousand, each of which costs time for every block of the picture.
constexpr int kMaxScans = 100;
constexpr int64_t kMaxScannedPixels = 100'000'000 * int64_t{kMaxScans};

// libjpeg reports a fault by calling back and must not be returned to: hence setjmp and longjmp.
struct ErrorManager : jpeg_error_mgr {
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX] = "";
};

[[noreturn]] void stop(j_common_ptr info) {
  auto* errors = static_cast<ErrorManager*>(info->err);
  errors->format_message(info, errors->message);
  std::longjmp(errors->escape, 1);
}

// A negative level is libjpeg's "warning": data are missing or contradict each other, and it would
// go on with invented pixels. An unknown JFIF version alone harms no pixel.
void stop_at_warnings(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code != JWRN_JFIF_MAJOR) stop(info);
}

// Called row by row while scans are read.
void stop_at_too_many_scans(j_common_ptr info) {
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(info);
  const auto pixels =
      std::max<int64_t>(int64_t{decompress->image_width} * decompress->image_height, 1);
  const auto most = static_cast<int>(std::min<int64_t>(kMaxScans, kMaxScannedPixels / pixels));
  if (decompress->input_scan_number <= most) return;
  auto* errors = static_cast<ErrorManager*>(info->err);
  std::snprintf(errors->message, sizeof errors->message, "more than %d scans", most);
  std::longjmp(errors->escape, 1);
}

class JpegReader {
 public:
  explicit JpegReader(std::string_view bytes) : JpegReader() {  // so that a throw below destroys
    run([&] {
      jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      jpeg_read_header(&info_, TRUE);
    });
    require_sane_size(info_.image_width, info_.image_height);
    // Even a blank picture takes some bits for each 8×8 block: a small file with a huge size in
    // its header is refused before libjpeg takes memory for that size.
    if (bytes.size() < uint64_t{info_.image_width} * info_.image_height / 1024) {
      throw PictureError(FaultKind::damaged, "truncated JPEG (" + std::to_string(bytes.size()) +
                                                 " bytes cannot hold " +
                                                 std::to_string(info_.image_width) + "x" +
                                                 std::to_string(info_.image_height) + " pixels)");
    }
  }
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  Size size() const {
    return {static_cast<int>(info_.image_height), static_cast<int>(info_.image_width)};
  }
  int components() const { return info_.num_components; }
  // JPEG's fourth component is black (CMYK, or YCCK, which libjpeg turns into CMYK).
  bool has_black() const { return components() == 4; }

  uint64_t rgb_bytes() const { return catdog::rgb_bytes(size()); }

  // Of a picture in several scans libjpeg keeps all coefficients, 2 bytes each (300 MB for 100
  // megapixels with colours at half the resolution); of one in a single scan a few rows.
  uint64_t coefficient_bytes() {
    if (!jpeg_has_multiple_scans(&info_)) return 0;
    uint64_t bytes = 0;
    for (int i = 0; i < info_.num_components; ++i) {
      const jpeg_component_info& component = info_.comp_info[i];
      bytes += uint64_t{component.width_in_blocks} * component.height_in_blocks * sizeof(JBLOCK);
    }
    return bytes;
  }

  // Reads to the end of the file and gives the rows that `wants(row number)`, and perhaps the last,
  // to `use_row(row number, samples)`, RGB or CMYK. The others are read for faults alone.
  template <typename Wants, typename UseRow>
  void read_rows(unsigned scale_denominator, Wants wants, UseRow use_row) {
    info_.out_color_space = has_black() ? JCS_CMYK : JCS_RGB;
    info_.scale_num = 1;
    info_.scale_denom = scale_denominator;
    run([&] { jpeg_start_decompress(&info_); });
    // libjpeg-turbo writes rows that begin at a multiple of its vector size past the processor's
    // cache, but they are read at once: at an odd address, decoding takes up to a third less time.
    std::vector<JSAMPLE> row(1 + size_t{info_.output_width} *
                                     static_cast<size_t>(info_.output_components));
    run([&] {
      JSAMPROW rows[] = {row.data() + 1};
      while (info_.output_scanline < info_.output_height) {
        // The last row is always read: to skip it would leave what is left of the file unread.
        JDIMENSION next = info_.output_scanline;
        while (next + 1 < info_.output_height && !wants(static_cast<int>(next))) ++next;
        if (next > info_.output_scanline) jpeg_skip_scanlines(&info_, next - info_.output_scanline);
        jpeg_read_scanlines(&info_, rows, 1);
        use_row(static_cast<int>(info_.output_scanline) - 1, rows[0]);
      }
      jpeg_finish_decompress(&info_);  // sees a missing end marker
    });
  }

 private:
  JpegReader() {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = stop;
    errors_.emit_message = stop_at_warnings;
    progress_.progress_monitor = stop_at_too_many_scans;
    run([&] { jpeg_create_decompress(&info_); });
    info_.progress = &progress_;
  }

  // Runs `steps`, inside which nothing may need a destructor: a fault leaves them by longjmp.
  template <typename Steps>
  void run(Steps steps) {
    if (setjmp(errors_.escape) != 0) {
      throw PictureError(FaultKind::damaged,
                         std::string("truncated or damaged JPEG (") + errors_.message + ")");
    }
    steps();
  }

  jpeg_decompress_struct info_{};
  ErrorManager errors_{};
  jpeg_progress_mgr progress_{};
};

// The four samples of a pixel of CMYK as JPEG files hold it (inverted: 255 is no ink), by Pillow's
// formula.
void cmyk_to_rgb(const JSAMPLE* cmyk, uint8_t* rgb) {
  const int light = cmyk[3];
  for (int channel = 0; channel < 3; ++channel) {
    const int product = (255 - cmyk[channel]) * light + 128;
    rgb[channel] = static_cast<uint8_t>(light - ((product >> 8) + product) / 256);
  }
}

// A row of RGB, from one of RGB or CMYK.
void take_row(const JSAMPLE* row, bool has_black, int width, uint8_t* rgb) {
  if (!has_black) {
    std::copy_n(row, 3 * width, rgb);
    return;
  }
  for (int column = 0; column < width; ++column) cmyk_to_rgb(row + 4 * column, rgb + 3 * column);
}

// The pixels of one row that lie in `columns`, as RGB.
void take_columns(const JSAMPLE* row, bool has_black, const std::vector<int>& columns,
                  cv::Vec3b* rgb) {
  for (const int column : columns) {
    if (has_black) {
      cmyk_to_rgb(row + 4 * column, rgb->val);
    } else {
      *rgb = {row[3 * column], row[3 * column + 1], row[3 * column + 2]};
    }
    ++rgb;
  }
}

}  // namespace

Picture decode_jpeg(std::string_view bytes, Turn& turn) {
  JpegReader reader(bytes);
  turn.take_for(reader.coefficient_bytes() + reader.rgb_bytes());
  Picture picture(reader.size().height, reader.size().width, CV_8UC3);
  reader.read_rows(
      /*scale_denominator=*/1, [](int) { return true; },
      [&](int row, const JSAMPLE* samples) {
        take_row(samples, reader.has_black(), picture.cols, picture.ptr(row));
      });
  return picture;
}

Picture decode_jpeg_nearest(std::string_view bytes, Size size, Turn& turn) {
  JpegReader reader(bytes);
  turn.take_for(reader.coefficient_bytes());
  const std::vector<int> columns = nearest_indices(reader.size().width, size.width);
  const std::vector<int> rows = nearest_indices(reader.size().height, size.height);
  Picture resized(size.height, size.width, CV_8UC3);
  int done = 0;  // rows of `resized`; a row of the file may be wanted more than once
  reader.read_rows(
      /*scale_denominator=*/1,
      [&](int row) { return done < size.height && rows[static_cast<size_t>(done)] == row; },
      [&](int row, const JSAMPLE* samples) {
        for (; done < size.height && rows[static_cast<size_t>(done)] == row; ++done) {
          take_columns(samples, reader.has_black(), columns, resized.ptr<cv::Vec3b>(done));
        }
      });
  return resized;
}

Size check_jpeg(std::string_view bytes, bool whole, Turn& turn) {
  JpegReader reader(bytes);
  if (whole) turn.require_allowed(reader.coefficient_bytes() + reader.rgb_bytes());
  turn.take_for(reader.coefficient_bytes());
  reader.read_rows(
      /*scale_denominator=*/8, [](int) { return true; }, [](int, const JSAMPLE*) {});
  return reader.size();
}

ReducedJpeg decode_jpeg_reduced(std::string_view bytes, int least_shorter, int least_longer,
                                Turn& turn) {
  JpegReader reader(bytes);
  const Size whole = reader.size();
  const auto [shorter, longer] = std::minmax(whole.height, whole.width);
  int denominator = 8;
  while (denominator > 1 &&
         (shorter < least_shorter * denominator || longer < least_longer * denominator)) {
    denominator /= 2;
  }
  // libjpeg rounds up.
  const Size size = {(whole.height + denominator - 1) / denominator,
                     (whole.width + denominator - 1) / denominator};
  turn.take_for(reader.coefficient_bytes(), rgb_bytes(size));
  Picture picture(size.height, size.width, CV_8UC3);
  reader.read_rows(
      static_cast<unsigned>(denominator), [](int) { return true; },
      [&](int row, const JSAMPLE* samples) {
        take_row(samples, reader.has_black(), picture.cols, picture.ptr(row));
      });
  return {whole, reader.components(), picture};
}

std::string jpeg_version() {
  return "libjpeg-turbo " + std::to_string(LIBJPEG_TURBO_VERSION_NUMBER);
}

}  // namespace catdog
