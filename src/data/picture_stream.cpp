// SPDX-License-Identifier: Apache-2.0
#include "catdog/data/picture_stream.hpp"

#include <utility>

#include "catdog/data/chain.hpp"
#include "catdog/pictures/decode.hpp"

namespace catdog {

PictureStream::PictureStream(Names names, const DataOptions& options, int workers, int batch_size)
    : names_(std::move(names)),
      size_{options.image_size, options.image_size},
      resampling_(options.resize),
      limits_(options.decode_limits()),
      batch_size_(batch_size),
      pool_(workers) {}

std::optional<Batch> PictureStream::next() {
  const size_t ahead = pool_.batches_ahead(batch_size_);
  while (pool_.batches() < ahead && begin_batch()) {
  }
  if (begun_.empty()) return std::nullopt;
  const std::vector<std::exception_ptr> errors = pool_.wait();
  Begun begun = std::move(begun_.front());
  begun_.pop_front();
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);  // a bad picture is no error here: something else
  }
  pictures_ = std::move(begun.pictures);
  return std::move(begun.batch);
}

bool PictureStream::begin_batch() {
  std::vector<StreamedPicture> pictures;
  while (!ended_ && std::ssize(pictures) < batch_size_) {
    std::optional<StreamedPicture> picture = names_();
    ended_ = !picture.has_value();
    if (picture) pictures.push_back(std::move(*picture));
  }
  if (pictures.empty()) return false;
  Begun& begun = begun_.emplace_back();
  begun.pictures = std::move(pictures);
  const auto rows = static_cast<int64_t>(begun.pictures.size());
  begun.batch.images = empty_images(rows, size_.height);
  for (int64_t row = 0; row < rows; ++row) begun.batch.indices.push_back(files_++);

  float* pixels = begun.batch.images.mutable_data_ptr<float>();
  StreamedPicture* named = begun.pictures.data();
  pool_.add(rows, [this, pixels, named](int64_t row) {
    const int64_t numbers = int64_t{size_.height} * size_.width * 3;
    float* out = pixels + row * numbers;
    if (!named[row].fault.empty()) {
      std::fill(out, out + numbers, 0.f);
      return;
    }
    try {
      const std::string bytes = read_picture_file(named[row].file);
      evaluation_chain()(decode_resized(bytes, named[row].file, size_, resampling_, limits_), {},
                         out);
    } catch (const PictureError& error) {
      named[row].fault = error.fault;
      std::fill(out, out + numbers, 0.f);
    }
  });
  return true;
}

}  // namespace catdog
