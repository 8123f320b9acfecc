// SPDX-License-Identifier: Apache-2.0
// The direction in which the rule "muon" moves a convolution's filters.
#pragma once

#include <torch/torch.h>

namespace catdog {

// A matrix (R, C) with the singular vectors of `matrix` and all of its singular values near 1, from
// 0.68 to 1.14 unless they are many thousand times smaller than the norm: five steps of a
// Newton–Schulz iteration, x ← 3.4445·x - 4.7750·x³ + 2.0315·x⁵ for each singular value x of the
// matrix divided by its Frobenius norm. Jordan, "Muon: an optimizer for hidden layers in neural
// networks" (2024). Floats or doubles, on any device; of zeros it makes zeros.
torch::Tensor orthogonalize(const torch::Tensor& matrix);

// Kernels (O, I, H, W) as one filter a row, (O, H·W·I), and back. No copy where they are channels
// last.
torch::Tensor filters_as_rows(const torch::Tensor& kernels);
torch::Tensor rows_as_filters(const torch::Tensor& rows, const torch::Tensor& like);

}  // namespace catdog
