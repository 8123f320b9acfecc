// SPDX-License-Identifier: Apache-2.0
// The one inference pass: validation during training, and everything done with a trained model.
#pragma once

#include "catdog/data/picture_store.hpp"
#include "catdog/model/convnet.hpp"
#include "catdog/train/metrics.hpp"

namespace catdog {

// What the network says of every picture in the store, each once, without augmentation or
// dropout; leaves the network in the mode (training or not) in which it was. Throws DataError,
// Interrupted.
Predictions infer(ConvNet& net, const PictureStore& pictures, torch::Device device, int workers);

}  // namespace catdog
