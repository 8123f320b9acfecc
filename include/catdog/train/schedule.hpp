// SPDX-License-Identifier: Apache-2.0
// The learning rate over time.
#pragma once

#include <cstdint>
#include <vector>

#include "catdog/train/config.hpp"

namespace catdog {

// A moment in training.
struct Moment {
  int64_t steps_done = 0;
  int64_t steps_per_epoch = 1;
  int64_t steps = 1;  // of the whole run
};

// The factor of the learning rate for the next step, a function of the moment and, for plateau, of
// the validation losses of the epochs so far:
//   warm-up  (steps_done + 1) / (steps of the warm-up), and what follows begins after it
//   step     factor once for each every_epochs since the beginning
//   cosine   final_share + (1 - final_share) · (1 + cos(π · x)) / 2, x from 0 after the warm-up to
//   1
//            at the end: Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5
//   plateau  factor once for each time that `patience` epochs brought no loss lower by 1e-4 than
//   the
//            lowest before: Keras's ReduceLROnPlateau
double lr_factor(const ScheduleOptions& options, const Moment& moment,
                 const std::vector<double>& val_losses);

}  // namespace catdog
