// SPDX-License-Identifier: Apache-2.0
// The usual iteration multiplies the matrix X itself in every step, X ← p(X·Xᵀ)·X with
// p(G) = 3.4445 - 4.7750·G + 2.0315·G². All that comes before X in it are polynomials of the first
// X·Xᵀ, which commute. So they are multiplied together first, and X, which is several times as wide
// as it is high, only once.
#include "catdog/train/muon.hpp"

namespace catdog {
namespace {

constexpr int kSteps = 5;
constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
constexpr double kTiny = 1e-7;  // against a division by 0

}  // namespace

torch::Tensor orthogonalize(const torch::Tensor& matrix) {
  if (matrix.size(0) > matrix.size(1)) return orthogonalize(matrix.t()).t();
  const torch::Tensor start = matrix / (matrix.norm() + kTiny);
  torch::Tensor gram = start.matmul(start.t()), product;
  for (int step = 0; step < kSteps; ++step) {
    torch::Tensor factor = torch::addmm(gram, gram, gram, /*beta=*/kB, /*alpha=*/kC);
    factor.diagonal().add_(kA);
    product = step == 0 ? factor : factor.matmul(product);
    if (step + 1 < kSteps) gram = factor.matmul(gram).matmul(factor);
  }
  return product.matmul(start);
}

torch::Tensor filters_as_rows(const torch::Tensor& kernels) {
  return kernels.permute({0, 2, 3, 1}).flatten(1);
}

torch::Tensor rows_as_filters(const torch::Tensor& rows, const torch::Tensor& like) {
  return rows.view({like.size(0), like.size(2), like.size(3), like.size(1)}).permute({0, 3, 1, 2});
}

}  // namespace catdog
