// SPDX-License-Identifier: Apache-2.0
// Batches of a folder's pictures, prepared by a pool of threads ahead of their use. What they hold
// and their order depend on the seed alone, not on the threads.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "catdog/data/batch_source.hpp"
#include "catdog/data/chain.hpp"
#include "catdog/data/image_folder.hpp"
#include "catdog/data/row_pool.hpp"

namespace catdog {

class BatchLoader : public BatchSource {
 public:
  // `folder` outlives the loader.
  BatchLoader(const ImageFolder& folder, Chain chain, LoaderOptions options);

  // Of several pictures that cannot be read, the error names the one that comes first in the
  // batch's order, whatever the threads did.
  std::optional<Batch> next() override;

  double waited_seconds() const override { return pool_.waited_seconds(); }

 private:
  void begin_batch();

  const ImageFolder& folder_;
  const Chain chain_;
  const LoaderOptions options_;
  BatchOrder order_;
  int64_t next_begun_;
  std::deque<Batch> batches_;  // those that the pool has
  RowPool pool_;               // the last: its threads end before what they use
};

}  // namespace catdog
