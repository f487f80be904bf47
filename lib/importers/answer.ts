/** True, false, or undefined for what only the system knows whose file is imported. */
export type Answer = boolean | undefined;

export const anyOf = (answers: readonly Answer[]): Answer =>
  answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;

export const allOf = (answers: readonly Answer[]): Answer =>
  answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;

export const negated = (answer: Answer): Answer => (answer === undefined ? undefined : !answer);
