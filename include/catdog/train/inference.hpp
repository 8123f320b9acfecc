// SPDX-License-Identifier: Apache-2.0
// The one inference pass: validation during training, and everything done with a trained model.
#pragma once

#include <functional>

#include "catdog/data/picture_store.hpp"
#include "catdog/judge/predictions_file.hpp"
#include "catdog/model/convnet.hpp"

namespace catdog {

// Pictures a step: few enough that what the network holds at a time does not grow with their size;
// no more than in a usual training step, whose memory then serves for validation too.
int inference_batch_size(int image_size_px);

// Hands on what the network says of each batch, without dropout: logits (N,), still on `device`,
// where nothing is waited for. Leaves the network in the mode (training or not) in which it was.
// Throws what next() throws; Interrupted.
void infer(ConvNet& net, BatchSource& batches, torch::Device device,
           const std::function<void(const Batch&, const torch::Tensor& logits)>& take);

// The same for every picture in the store, each once, without augmentation. Throws DataError,
// Interrupted.
Predictions infer(ConvNet& net, const PictureStore& pictures, torch::Device device, int workers);

// The same with the pictures' names, from `dir` on.
NamedPredictions with_names(Predictions predictions, const ImageFolder& pictures,
                            const std::filesystem::path& dir);

}  // namespace catdog
