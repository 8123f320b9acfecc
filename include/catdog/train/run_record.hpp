// SPDX-License-Identifier: Apache-2.0
// What a run has come to so far, and how it gets to the disk.
//
// A checkpoint is the single truth of a run: it holds the weights, the optimiser, the position, the
// figures of all epochs and the best weights. Everything else derives from it:
//   metrics.csv      the history
//   weights/best.pt  the best weights
//   weights/last.pt  the weights, where the position is an epoch's end
//   TensorBoard's log, where one is wanted, the history and the config
// So at an epoch's end the checkpoint is written first, then these, each in one step. Killed before
// the checkpoint is in place, the run goes on from the one before, whose derived files are those
// on disk; killed after it, the derived files may be of the epoch before, and resuming writes
// them anew from the checkpoint. Where an older checkpoint is taken because the newest is damaged,
// metrics.csv and best.pt go back with it, and last.pt is written at the end of the epoch that is
// done again. In each case the steps after the checkpoint are functions of what it holds: they come
// out as if nothing had happened.
#pragma once

#include <vector>

#include "catdog/train/run_folder.hpp"
#include "catdog/train/trained_model.hpp"

namespace catdog {

class RunRecord {
 public:
  // Of a run that begins: nothing is written yet. `folder` outlives the record; `model` is what
  // will be kept, with the trainer's network().
  RunRecord(RunFolder& folder, TrainedModel model, Json pictures, Json environment);

  // Goes on from a checkpoint, which must be one of this run's: fills the trainer, and brings the
  // derived files into line. Throws ModelError for tensors of another network.
  void restore(Checkpoint checkpoint, Trainer& trainer);

  // Writes this process's first checkpoint and the derived files that there are before the first
  // epoch's end. Throws as save().
  void begin(const Trainer& trainer);

  // Writes a checkpoint. Throws Error, and the one before stays, if the weights or the loss are not
  // finite, or it cannot be written.
  void save(const Trainer& trainer);

  // Notes the epoch, and writes a checkpoint and the derived files. Throws as save().
  void end_epoch(const EpochResult& result, const Trainer& trainer);

  int epochs() const { return static_cast<int>(history_.size()); }

  // Whether all epochs are done, or train.patience is at its end.
  bool is_complete() const;

 private:
  int best_epoch() const;
  bool note_best();
  void write_derived(bool with_best, bool with_last) const;
  Json training() const;

  RunFolder& folder_;
  TrainedModel model_;
  const Json pictures_, environment_;
  std::vector<EpochResult> history_;
  std::optional<Archive> best_;
};

// Bytes that a run of this network needs on the disk at most.
uint64_t bytes_on_disk(const NetworkImpl& net, const Config& config);

}  // namespace catdog
