// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/chain.hpp"

#include "catdog/core/random.hpp"

namespace catdog {

void Chain::operator()(const Picture& picture, Draw draw, float* out) const {
  const Size size = {.height = picture.rows, .width = picture.cols};
  transform(picture, transformation(size, draw), augment, out);
}

Chain training_chain(const AugmentOptions& augment, uint64_t seed) {
  return {augment, [augment, seed](Size size, Draw draw) {
            const Rng rng(seed, Stream::augment, draw.pass, draw.index);
            return draw_transformation(augment, size, rng);
          }};
}

Chain evaluation_chain() {
  return {AugmentOptions(), [](Size, Draw) { return Transformation(); }};
}

}  // namespace catdog
