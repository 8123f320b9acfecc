// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/chain.hpp"

#include "catdog/core/random.hpp"

namespace catdog {

Chain training_chain(const AugmentOptions& augment, uint64_t seed) {
  return [augment, seed](const Picture& picture, Draw draw, float* out) {
    const Rng rng(seed, Stream::augment, draw.pass, draw.index);
    const Size size = {.height = picture.rows, .width = picture.cols};
    transform(picture, draw_transformation(augment, size, rng), augment, out);
  };
}

Chain evaluation_chain() {
  return [](const Picture& picture, Draw, float* out) {
    transform(picture, Transformation(), AugmentOptions(), out);
  };
}

}  // namespace catdog
