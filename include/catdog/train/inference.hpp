// SPDX-License-Identifier: Apache-2.0
// The one inference pass: validation during training, and everything done with a trained model.
#pragma once

#include <functional>

#include "catdog/data/picture_store.hpp"
#include "catdog/judge/predictions_file.hpp"
#include "catdog/model/network.hpp"

namespace catdog {

// Pictures a step: few enough that what the network holds at a time does not grow with their size;
// no more than in a usual training step, whose memory then serves for validation too.
int inference_batch_size(int image_size_px);

// Which pictures the network is shown.
enum class View {
  plain,
  and_mirrored,  // each also left to right, for the mean of both logits: test-time augmentation
};

// Hands on what the network says of each batch, without dropout: logits (N, 1), or (N, K) of more
// classes than two, still on `device`, where nothing is waited for. Leaves the network in the mode
// (training or not) in which it was. Throws what next() throws; Interrupted.
void infer(Network& net, BatchSource& batches, torch::Device device,
           const std::function<void(const Batch&, const torch::Tensor& logits)>& take,
           View view = View::plain);

// The same for every picture in the store, each once, without augmentation. Throws DataError,
// Interrupted.
Predictions infer(Network& net, const PictureStore& pictures, torch::Device device, int workers,
                  View view = View::plain);

// The same with the pictures' names, from `dir` on, and their picture_digests().
NamedPredictions with_names(Predictions predictions, const ImageFolder& pictures,
                            const std::filesystem::path& dir,
                            std::vector<std::string> digests = {});

}  // namespace catdog
