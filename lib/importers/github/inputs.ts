import type { Give } from './given';
import { inputOf } from './interpolate';
import type { Word } from './shell';
import { type DeclaredInput, type Told, toldOf } from './told';

/** Words for the inputs of a workflow, from parameters of the job. @param onInput hears of each that has a default */
export function inputWords(
  inputs: ReadonlyMap<string, DeclaredInput>,
  give: Give,
  onInput: (path: readonly string[], told: Told) => void,
) {
  /** Of an input without a type, and of what the event has of it, the value is text. */
  function typeOfInput(path: readonly string[]): Pick<Word, 'type'> {
    const type = path.length === 2 ? inputs.get(inputOf(path) ?? '')?.type : undefined;
    return type === 'boolean' || type === 'number' ? { type } : {};
  }

  return {
    typeOfInput,
    /** Of one that has a default; undefined for any other, and for what is no input. */
    wordOfInput(path: readonly string[]): Word | undefined {
      const name = inputOf(path);
      const told = name === undefined ? undefined : toldOf(path, inputs);
      if (name === undefined || told?.default === undefined) return undefined;
      const usual = JSON.stringify(told.default);
      const word = give(['input', name], `parameters.${told.parameter} ?? ${usual}`);
      if (word) onInput(path, told);
      return word && { ...word, ...typeOfInput(path) };
    },
  };
}
