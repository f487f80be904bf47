import { admittedAnew } from './admission';
import { commandsHaveEffect } from './commands';
import { allGivenBack, comesToRest, everyJobEnds } from './ending';
import type { Invariant } from './invariant';
import {
  attemptsInOrder,
  budgetKept,
  endsAsItsNodes,
  finishedOnce,
  needsFirst,
  stopsWhenCancelled,
  waitsItsTime,
} from './jobs';
import { chainIntact, effectsPerformed, listingsAgree, replayEqualsLive } from './journal';
import { finishedStays, lettersOfFailures, redrivenInOrder } from './letters';
import {
  adoptedStays,
  concurrencyKept,
  dependenciesRespected,
  fairAdmission,
  fairLeases,
  leasesOfQueuedWork,
  onlyWhoMayWork,
  roomKept,
} from './pool';
import { nothingRepairedInVain, recoveriesEnd } from './recoveries';
import { rollbacksEnd, undoneInOrder, undoneOnce } from './rollback';
import { answersAgree, nothingUnforeseen, reportsAreTrue, startsOnce } from './world';

/** Everything that must hold, whatever goes wrong. docs/chaos.md has the table. */
export const INVARIANTS: readonly Invariant[] = [
  nothingUnforeseen,
  finishedOnce,
  attemptsInOrder,
  needsFirst,
  budgetKept,
  waitsItsTime,
  stopsWhenCancelled,
  endsAsItsNodes,
  leasesOfQueuedWork,
  adoptedStays,
  roomKept,
  concurrencyKept,
  onlyWhoMayWork,
  dependenciesRespected,
  fairAdmission,
  admittedAnew,
  fairLeases,
  startsOnce,
  reportsAreTrue,
  answersAgree,
  undoneOnce,
  undoneInOrder,
  rollbacksEnd,
  finishedStays,
  redrivenInOrder,
  recoveriesEnd,
  nothingRepairedInVain,
  commandsHaveEffect,
  everyJobEnds,
  allGivenBack,
  lettersOfFailures,
  effectsPerformed,
  chainIntact,
  replayEqualsLive,
  listingsAgree,
  comesToRest,
];
