// SPDX-License-Identifier: Apache-2.0
#include "gallery.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/decode.hpp"
#include "html.hpp"
#include "page_picture.hpp"

namespace catdog {
namespace {

constexpr int kThumbnailPx = 150;
constexpr int kDecodedPx = 1024;  // a larger image is reduced to this while it is decoded

struct Said {
  const std::string& is;
  const std::string& predicted;
  double probability;
};

double confidence(const Predictions& predictions, size_t picture) {
  const std::span<const float> scores = predictions.scores_of(static_cast<int64_t>(picture));
  return std::exp(-cross_entropy(scores, predicted_class(scores)));
}

bool is_right(const Predictions& predictions, size_t picture) {
  return predicted_class(predictions.scores_of(static_cast<int64_t>(picture))) ==
         predictions.labels[picture];
}

// The first `count` pictures by their keys, equals in their order.
std::vector<size_t> first_of(std::vector<std::pair<double, size_t>> keyed, size_t count) {
  std::sort(keyed.begin(), keyed.end());
  std::vector<size_t> pictures;
  for (size_t i = 0; i < std::min(count, keyed.size()); ++i) pictures.push_back(keyed[i].second);
  return pictures;
}

// The table and the folder's name come from elsewhere: nothing is shown but what was evaluated.
// `digest` is its SHA-256; empty: it is not known, and the user named the folder.
std::string thumbnail(const fs::path& data, const std::string& file, const std::string& digest,
                      DecodeLimits limits) {
  const fs::path path = fs::path(file).lexically_normal();
  if (path.is_absolute() || *path.begin() == "..") {
    throw PictureError(FaultKind::unreadable, "lies outside the data folder");
  }
  if (!digest.empty() && sha256(read_picture_file(data / path)) != digest) {
    throw PictureError(FaultKind::unreadable, "is not the image that was evaluated");
  }
  return as_jpeg(decode_shrunk(data / path, kDecodedPx, limits), kThumbnailPx);
}

std::string caption_of(const Said& said, const std::string& file) {
  return fmt::format("<figcaption>{}, predicted <b>{}</b> {}<br><small>{}</small></figcaption>",
                     html_escaped(said.is), html_escaped(said.predicted), percent(said.probability),
                     html_escaped(shown(fs::path(file).filename())));
}

// Which pictures are not shown, and why; the first few of them by name.
std::string unread(std::vector<std::string> faults, const fs::path& data) {
  constexpr size_t kNamed = 4;
  if (faults.empty()) return "";
  const size_t count = faults.size();
  std::error_code ignored;
  if (!fs::is_directory(data, ignored)) {
    return fmt::format("<p>The pictures are not shown: there is no folder {} any more.</p>\n",
                       html_escaped(shown(data)));
  }
  if (count > kNamed) {
    faults.resize(kNamed);
    faults.push_back(fmt::format("{} more", count - kNamed));
  }
  return fmt::format("<p>{} of these pictures cannot be read from {}: {}.</p>\n", count,
                     html_escaped(shown(data)), html_escaped(join_and(faults)));
}

}  // namespace

std::vector<size_t> surest_mistakes(const Predictions& predictions, size_t count) {
  std::vector<std::pair<double, size_t>> keyed;
  for (size_t i = 0; i < predictions.labels.size(); ++i) {
    if (!is_right(predictions, i)) keyed.emplace_back(-confidence(predictions, i), i);
  }
  return first_of(std::move(keyed), count);
}

std::vector<size_t> least_sure(const Predictions& predictions, size_t count) {
  std::vector<std::pair<double, size_t>> keyed;
  for (size_t i = 0; i < predictions.labels.size(); ++i) {
    keyed.emplace_back(confidence(predictions, i), i);
  }
  return first_of(std::move(keyed), count);
}

std::string gallery(const NamedPredictions& named, const std::vector<size_t>& pictures,
                    const fs::path& data, DecodeLimits limits) {
  std::string items;
  std::vector<std::string> faults;
  for (const size_t picture : pictures) {
    const Predictions& predictions = named.predictions;
    const auto name_of = [&](int label) -> const std::string& {
      return named.classes[static_cast<size_t>(label)];
    };
    const int predicted = predicted_class(predictions.scores_of(static_cast<int64_t>(picture)));
    const Said said = {name_of(predictions.labels[picture]), name_of(predicted),
                       confidence(predictions, picture)};
    const std::string& file = named.files[picture];
    const std::string digest = named.digests.empty() ? "" : named.digests[picture];
    std::string shows = "<p class=\"none\">not shown</p>";
    try {
      const std::string address = jpeg_address(thumbnail(data, file, digest, limits));
      shows = fmt::format("<img alt=\"{}: {}, predicted {} {}\" src=\"{}\">",
                          html_escaped(shown(file)), html_escaped(said.is),
                          html_escaped(said.predicted), percent(said.probability), address);
    } catch (const PictureError& error) {
      faults.push_back(fmt::format("{} ({})", shown(file), error.fault));
    }
    items += "<li><figure>" + shows + caption_of(said, file) + "</figure></li>\n";
  }
  return "<ul class=\"gallery\">\n" + items + "</ul>\n" + unread(faults, data);
}

}  // namespace catdog
