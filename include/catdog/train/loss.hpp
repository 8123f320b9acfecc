// SPDX-License-Identifier: Apache-2.0
// Cross-entropy with targets that are probabilities: what labels become by smoothing and mixing.
// With one logit for two classes it is the book's binary cross-entropy.
#pragma once

#include <torch/torch.h>

#include "catdog/data/batch_source.hpp"

namespace catdog {

// The batch's targets, on `device`: the probability of the second of two classes, (N,), or of each
// of more, (N, K). `label_smoothing`, from 0 to 1, is the share of each that is spread evenly over
// the classes: Szegedy et al., "Rethinking the Inception architecture", CVPR 2016, section 7.
torch::Tensor targets_of(const Batch& batch, int64_t classes, double label_smoothing,
                         torch::Device device);

// logits (N, 1) with targets (N,), or both (N, K) → the mean over the pictures, in nats.
// `class_weights` (K,): what each class's part of the loss is multiplied by; undefined: 1.
torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets,
                            const torch::Tensor& class_weights = {});

// How many pictures are told rightly, of a mixed one its larger part: a whole number.
torch::Tensor count_hits(const torch::Tensor& logits, const torch::Tensor& targets);

}  // namespace catdog
