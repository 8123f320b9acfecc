// SPDX-License-Identifier: Apache-2.0
// Pictures by their names, however many: batches of them in order, without their ever being in
// memory together. One that cannot be read stops nothing.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "catdog/data/batch_source.hpp"
#include "catdog/data/image_folder.hpp"
#include "catdog/data/row_pool.hpp"

namespace catdog {

struct StreamedPicture {
  std::filesystem::path file;
  std::string fault;  // why it cannot be read; empty: it was
};

class PictureStream : public BatchSource {
 public:
  // The next file's name; none after the last. One that comes with a fault is not opened, and keeps
  // its fault.
  using Names = std::function<std::optional<StreamedPicture>()>;

  // Pictures are decoded and resized as `options` say, and not augmented. Names are asked for on
  // the thread that calls next(), a few batches ahead.
  PictureStream(Names names, const DataOptions& options, int workers, int batch_size);

  // Its indices count the files from 0; it has no labels. A picture that cannot be read is black.
  // Throws what asking for a name throws.
  std::optional<Batch> next() override;

  // Those of the batch that next() gave last, in its order.
  const std::vector<StreamedPicture>& pictures() const { return pictures_; }

  double waited_seconds() const override { return pool_.waited_seconds(); }

 private:
  bool begin_batch();

  const Names names_;
  const Size size_;
  const Resampling resampling_;
  const DecodeLimits limits_;
  const int batch_size_;
  int64_t files_ = 0;
  bool ended_ = false;
  struct Begun {
    Batch batch;
    std::vector<StreamedPicture> pictures;
  };
  std::deque<Begun> begun_;  // what the pool has; its elements stay where they are
  std::vector<StreamedPicture> pictures_;
  RowPool pool_;  // the last: its threads end before what they use
};

}  // namespace catdog
