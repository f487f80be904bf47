import type { Looked } from '../imported';
import { typeOfStep } from './read';

/** Steps that are Buildkite's by what they have, and that are not all in containers, as those of Drone and Woodpecker are. */
export function looksLikeBuildkite({ top }: Looked): boolean {
  const steps = top?.['steps'];
  if (!Array.isArray(steps) || steps.length === 0 || top?.['kind'] !== undefined) return false;
  const inContainers = (step: unknown) =>
    typeof step === 'object' && step !== null && 'image' in step && !('label' in step) && !('key' in step);
  return (
    steps.every((step) => typeOfStep(step) !== undefined || isMerged(step)) && !steps.every(inContainers)
  );
}

/** What an anchor holds is not looked at. */
function isMerged(step: unknown): boolean {
  return typeof step === 'object' && step !== null && '<<' in step;
}
