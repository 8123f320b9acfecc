// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/chain.hpp"

#include <utility>

#include "catdog/core/random.hpp"

namespace catdog {

Size Chain::size_of(Size picture, uint32_t pass) const {
  if (!side_px) return picture;
  const int side = side_px(pass);
  return {.height = side, .width = side};
}

void Chain::operator()(const Picture& picture, Draw draw, float* out) const {
  const Size size = size_of({.height = picture.rows, .width = picture.cols}, draw.pass);
  transform(picture, transformation(size, draw), augment, size, out);
}

Chain training_chain(const AugmentOptions& augment, uint64_t seed, SideOfPass side_px) {
  return {augment,
          [augment, seed](Size size, Draw draw) {
            const Rng rng(seed, Stream::augment, draw.pass, draw.index);
            return draw_transformation(augment, size, rng);
          },
          std::move(side_px)};
}

Chain evaluation_chain() {
  return {AugmentOptions(), [](Size, Draw) { return Transformation(); }};
}

}  // namespace catdog
