// SPDX-License-Identifier: Apache-2.0
// How the pictures of one batch are mixed with each other: Zhang et al., "mixup", ICLR 2018; Yun et
// al., "CutMix", ICCV 2019.
#pragma once

#include "catdog/core/random.hpp"
#include "catdog/pictures/augment.hpp"
#include "catdog/pictures/picture.hpp"

namespace catdog {

struct Mix {
  double share = 1;  // of the first picture in the result (of its label too); 1: not mixed
  cv::Rect pasted;   // cutmix: this rectangle comes from the other picture; empty: mixup, a blend

  bool operator==(const Mix&) const = default;
};

// For one batch; a function of the options and the random numbers alone. Where both alphas are set,
// each is taken as often as the other. share ~ Beta(alpha, alpha); for cutmix it is corrected to
// the rectangle's true area after it was clipped at the edges (as the paper's code does). Heeds
// mix_share, not mix_epochs. Meant for Rng(seed, Stream::mix, …) with the
// two halves of the batch's number.
Mix draw_mix(const AugmentOptions& options, Size size, Rng rng);

// In place: `picture` (H·W·3 floats) mixed with `other`, which is another one.
void mix_into(float* picture, const float* other, const Mix& mix, Size size);

}  // namespace catdog
