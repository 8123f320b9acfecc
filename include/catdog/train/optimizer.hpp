// SPDX-License-Identifier: Apache-2.0
// The rules that update the weights, as PyTorch has them: RMSprop, SGD with momentum, Adam, AdamW,
// Muon.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "catdog/model/archive.hpp"
#include "catdog/train/config.hpp"

namespace catdog {

// The rule for a parameter of so many dimensions: muon is for convolutions' kernels alone, and all
// else then goes by adamw.
OptimizerOptions::Name rule_for(OptimizerOptions::Name name, int64_t dimensions);

// What a rule keeps of a parameter from update to update, in numbers of its size: the names.
std::vector<std::string> moment_names(OptimizerOptions::Name rule);

// With gradient g, weight w, decay d (the options' weight_decay; 0 for biases and normalisation,
// which have one dimension, unless decay_vectors) and learning rate r, at update t from 1:
//   rmsprop  g ← g + d·w,  s ← alpha·s + (1 - alpha)·g²,  w ← w - r·g / (√s + eps)
//   sgd      g ← g + d·w,  m ← momentum·m + g,  w ← w - r·m  (nesterov: w ← w - r·(g + momentum·m))
//   adam     g ← g + d·w,  m ← beta1·m + (1 - beta1)·g,  s ← beta2·s + (1 - beta2)·g²,
//            w ← w - r·(m / (1 - beta1^t)) / (√(s / (1 - beta2^t)) + eps)
//   adamw    the same with w ← (1 - r·d)·w in place of g + d·w
//   muon     m ← momentum·m + g,
//            w ← (1 - r·d)·w - r·0.2·√max(rows, columns)·orthogonalize(g + momentum·m)
//            for convolutions' kernels, one filter a row; adamw for all others. The factor makes
//            changes as large as adamw's, so that both have one learning rate.
// rmsprop: Tieleman and Hinton, "Lecture 6.5", Coursera: Neural Networks for Machine Learning
// (2012), with epsilon outside the root as in Keras and PyTorch. adam: Kingma and Ba, ICLR 2015.
// adamw: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019. muon: Jordan,
// "Muon" (2024), with the factor of Liu et al., "Muon is scalable for LLM training" (2025).
class Optimizer {
 public:
  // Updates these parameters in place; s and m begin at 0.
  Optimizer(const OptimizerOptions& options, const NamedTensors& parameters);

  void zero_grad();

  // How step() works from here on: with `lr`, as update number `updates_done` + 1. No part of what
  // can be recorded (see record_work); what was recorded follows it.
  void set_rate(double lr, int64_t updates_done);

  // One update by the gradients as they are, or, with clip_norm, scaled down so that the norm of
  // all of them together is no larger; a parameter without one stays. 32-bit floats on the CPU in
  // one pass over memory; elsewhere torch's own operations. Waits for no device.
  void step();

  // All that the next update depends on beside weights, gradients and set_rate: s as
  // "mean_square.<parameter>", m as "mean.<parameter>" or "momentum.<parameter>". They are the
  // optimiser's own: what is copied into them counts.
  NamedTensors state() const;

 private:
  struct Parameter {
    std::string name;
    OptimizerOptions::Name rule;
    torch::Tensor weight;
    std::vector<torch::Tensor> moments;  // of the rule, as moment_names() has them
    double weight_decay;
  };

  void clip_gradients();
  void update(Parameter& parameter, const torch::Tensor& gradient);

  const OptimizerOptions options_;
  std::vector<Parameter> parameters_;
  // Of the next update: the learning rate; what stands for r and eps in the rule's last line with
  // Adam's corrections worked in.
  struct Rates {
    double lr = 0, rate = 0, eps = 0;
  } rates_;
  torch::Tensor rates_on_device_;  // (3,) double: the same, for what was recorded
};

}  // namespace catdog
