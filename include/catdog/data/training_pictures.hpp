// SPDX-License-Identifier: Apache-2.0
// The pictures of a run: those that it learns from, and those that judge its epochs.
#pragma once

#include <memory>

#include "catdog/data/image_folder.hpp"

namespace catdog {

struct TrainingPictures {
  ImageFolder training, validation;
};

// DIR/train and DIR/validation. With data.folds both together are dealt out, class by class, into
// so many parts, always in the same way: part data.fold is for validation, the others are for
// training (cross-validation: Stone, J. R. Stat. Soc. B 36, 1974). Throws ConfigError if data.folds
// has no data.fold; DataError, also unless both folders have the same classes; Interrupted.
TrainingPictures open_training_pictures(const DataOptions& options,
                                        const std::shared_ptr<ByteBudget>& memory);

}  // namespace catdog
