// SPDX-License-Identifier: Apache-2.0
// Whether an exported file says what the network says.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <limits>

#include "catdog/core/error.hpp"
#include "catdog/core/signals.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/export/export.hpp"
#include "catdog/train/inference.hpp"
#include "reference.hpp"

namespace catdog {
namespace {

constexpr int64_t kCheckedPictures = 8;

// The same ones each time: by turns smooth colours and noise, then white and black.
torch::Tensor make_pictures(int64_t count, int64_t side_px) {
  auto random = at::make_generator<at::CPUGeneratorImpl>(/*seed=*/1);
  torch::Tensor pictures =
      torch::randint(0, 256, {count, side_px, side_px, 3}, random, torch::kByte);
  const torch::Tensor colours = 255 * torch::rand({count, 3, 4, 4}, random);
  const torch::Tensor smooth =
      torch::upsample_bilinear2d(colours, {side_px, side_px}, /*align_corners=*/true);
  for (int64_t i = 0; i < count; i += 2) {
    pictures[i] = smooth[i].permute({1, 2, 0}).to(torch::kByte);
  }
  if (count == kCheckedPictures) {
    pictures[count - 2].fill_(255);
    pictures[count - 1].fill_(0);
  }
  return pictures;
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  return (a - b).abs().max().item<double>();
}

// Of the classes, (N, K).
torch::Tensor probabilities_of(const torch::Tensor& logits) {
  if (logits.dim() == 2) return logits.softmax(1);
  return torch::stack({-logits, logits}, 1).sigmoid();
}

// The difference of the logits. Throws if it is too large, or if the probabilities are not theirs.
double compare(const ExportOutputs& ours, const ExportOutputs& theirs) {
  if (!ours.logits.isfinite().all().item<bool>()) {
    throw ModelError("the model gives logits that are not finite numbers: train it anew");
  }
  const double logits = largest_difference(ours.logits, theirs.logits);
  const double probabilities =
      largest_difference(probabilities_of(theirs.logits), theirs.probabilities);
  const double scale = std::max(1.0, ours.logits.abs().max().item<double>());
  // So that what is no number fails too.
  if (!(logits <= kExportTolerance * scale && probabilities <= kExportTolerance)) {
    throw Error(fmt::format(
        "the exported file does not compute what the network does: logits differ by {:.2g}, "
        "probabilities by {:.2g} from what follows from them; nothing was written",
        logits, probabilities));
  }
  return logits;
}

}  // namespace

ExportOutputs run_network(Network net, const torch::Tensor& pictures) {
  const torch::NoGradGuard no_gradient;
  const torch::Tensor bytes = pictures.contiguous();
  torch::Tensor images = torch::empty(pictures.sizes(), torch::kFloat);
  for (int64_t i = 0; i < bytes.size(0); ++i) {
    const Picture picture(static_cast<int>(bytes.size(1)), static_cast<int>(bytes.size(2)), CV_8UC3,
                          bytes[i].data_ptr());
    evaluation_chain()(picture, {}, images[i].mutable_data_ptr<float>());
  }
  torch::Tensor logits = net(images.permute({0, 3, 1, 2}));
  if (net->classes() == 2) logits = logits.squeeze(1);
  return {logits, probabilities_of(logits)};
}

ExportCheck check_export(const ExportSource& source, const OpenedExport& opened) {
  const int side_px = source.model.net->image_size_px();
  // Two at the least, whatever their size, so that the batch is one of several.
  const int64_t count = std::clamp<int64_t>(inference_batch_size(side_px), 2, kCheckedPictures);
  const torch::Tensor pictures = make_pictures(count, side_px);
  ExportCheck check = {.pictures = count, .largest_difference = 0};
  const auto judge = [&](const torch::Tensor& batch) {
    throw_if_interrupted();
    const double difference = compare(run_network(source.model.net, batch), opened(batch));
    check.largest_difference = std::max(check.largest_difference, difference);
  };
  judge(pictures);
  for (int64_t i = 0; i < count; ++i) judge(pictures.narrow(0, i, 1));
  return check;
}

}  // namespace catdog
