// SPDX-License-Identifier: Apache-2.0
#include "reliability_figure.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "html.hpp"
#include "plot.hpp"

namespace catdog {
namespace {

constexpr Box kShares = {.bottom = 206};
constexpr double kCountsBottom = 268, kCountsHeight = 34;  // of the fullest bin, in SVG units

struct Bar {
  double left, right, top, bottom;
};

std::string bar(const char* look, const Bar& at, const std::string& title) {
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">{}</rect>\n",
      look, at.left + 1, at.top, at.right - at.left - 2, at.bottom - at.top, svg_title(title));
}

// In thousands where the number is wider than its bar; the table has it whole.
std::string short_count(int64_t count, double width) {
  constexpr double kDigit = 6.8;  // of the small letters, in SVG units
  const std::string whole = std::to_string(count);
  const bool fits = static_cast<double>(whole.size()) * kDigit <= width;
  return fits || count < 1000 ? whole : fmt::format("{:.0f}k", static_cast<double>(count) / 1000);
}

}  // namespace

BinEdges edges_of(size_t bin, size_t bins) {
  const auto width = 1 / static_cast<double>(bins);
  return {.low = static_cast<double>(bin) * width, .high = static_cast<double>(bin + 1) * width};
}

std::string reliability_figure(const std::string& id, const std::vector<ReliabilityBin>& bins,
                               int classes) {
  const auto count = static_cast<double>(bins.size());
  const auto first = static_cast<size_t>(count / classes * (1 - 1e-9));  // that holds 1 / classes
  const double low = edges_of(first, bins.size()).low;
  const Plot plot({low, 1, low > 0.3 ? 0.1 : 0.2}, {0, 1, 0.2}, kShares);
  int64_t most = 1;
  for (const ReliabilityBin& bin : bins) most = std::max(most, bin.count);

  std::string content = plot.grid("share told rightly");
  for (size_t i = first; i < bins.size(); ++i) {
    const ReliabilityBin& bin = bins[i];
    if (bin.count == 0) continue;
    const auto [from, to] = edges_of(i, bins.size());
    const double left = plot.x(from), right = plot.x(to);
    const std::string title =
        fmt::format("{} pictures, mean probability {}, {} told rightly", bin.count,
                    percent(bin.confidence), percent(bin.accuracy));
    content += bar("bar", {left, right, plot.y(bin.accuracy), plot.y(0)}, title);
    const double top =
        kCountsBottom - kCountsHeight * static_cast<double>(bin.count) / static_cast<double>(most);
    content += bar("count", {left, right, top, kCountsBottom}, title);
    content += fmt::format(
        "<text class=\"small\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
        (left + right) / 2, top - 3, short_count(bin.count, right - left));
  }
  content += fmt::format("<path class=\"diagonal\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n",
                         plot.x(low), plot.y(low), plot.x(1), plot.y(1));
  content += plot.ticks("probability of the predicted class", kCountsBottom);
  return svg_figure({.id = id, .title = "Reliability diagram", .height = kCountsBottom + 46},
                    content);
}

}  // namespace catdog
