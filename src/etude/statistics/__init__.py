"""Intervals, paired comparisons, resampling, power and calibration, on numpy and scipy alone.

Knows nothing of tasks, candidates or files: arrays come in, small frozen records go out.
Nothing is imported here, so that a caller pays only for the module that it uses:

- `intervals`: what an interval is, and the quantiles that make one
- `proportions`, `paired`: shares of right answers, one candidate's and two candidates'
- `resampling`, `macro_f1`, `max_t`, `permutation`: what has no formula
- `disagreement`: the width that remains where no item disagrees
- `crossfit`: the price of folds that share training rows
- `simultaneous`: the interval of every pair of candidates at once; what decides
- `single`: the interval of one candidate
- `calls`, `power`: the words for an interval; how many examples a word needs
- `agreement`, `misclassification`: two who answer yes or no; what a judge who errs saw
- `guarantee`, `selective`, `platt`: answering only what one is sure of
- `multiple`, `calibration`, `summaries`: several tests, probabilities, latencies and groups

Bad input raises `ValueError` with what was found and what was expected.
"""
