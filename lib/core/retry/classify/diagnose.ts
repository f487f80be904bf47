import { LIMITS } from '../../limits';
import { type Diagnosis, FAILURE_CLASSES, type Failure, type FailureClass } from '../../model/failure';
import { featuresOf, meaningsOf, namedFeaturesOf } from './features';
import { type Hints, hintOf } from './hints';
import { LEAST_CONFIDENCE, probabilities, rulePrecision, strongest } from './model';
import { normalise } from './normalise';
import { certainRule, RULES, type Rule } from './rules';
import { signatureOf } from './signature';

/** A failure with whatever else is known of it; only the message must be there. */
export type Evidence = Pick<Failure, 'message'> & Partial<Failure> & Hints;

interface Verdict extends Pick<Diagnosis, 'class' | 'confidence' | 'by'> {
  /** Worked out when it is asked for: it costs as much as the verdict. */
  readonly why: () => string;
}

const SHOWN_WORDS = 4;

/**
 * Why an attempt failed. What the engine saw itself is certain; then the wordings that leave no doubt; then exit status,
 * signal and HTTP status; then the model. See docs/failure-classification.md.
 */
export function diagnose(evidence: Evidence): Diagnosis {
  const { why, ...verdict } = verdictOf(evidence);
  return {
    ...rounded(verdict),
    signature: signatureOf(endOf(evidence.message)),
    why: why().slice(0, LIMITS.reasonLength),
  };
}

/** The class alone, for many messages: as `diagnose`, at half its cost. */
export function classify(evidence: Evidence): Pick<Diagnosis, 'class' | 'confidence'> {
  const { class: of, confidence } = rounded(verdictOf(evidence));
  return { class: of, confidence };
}

function rounded<V extends Pick<Diagnosis, 'confidence'>>(verdict: V): V {
  return { ...verdict, confidence: Math.round(verdict.confidence * 1_000) / 1_000 };
}

/**
 * What went wrong is said last. What a worker puts before the output of a command says nothing of it: the status counts
 * as such, where it says something.
 */
function endOf(message: string): string {
  return message.replace(EXIT_STATUS, '').slice(-LIMITS.messageLength);
}

const EXIT_STATUS = /^exit status \d+(?: \(\w+\))?\s*\n(?=\s*\S)/;

function verdictOf(evidence: Evidence): Verdict {
  const engine = hintOf(evidence, 'engine');
  if (engine !== undefined) return certain(engine.class, engine.why);
  const text = normalise(endOf(evidence.message));
  const matching = RULES.filter(({ pattern }) => pattern.test(text));
  const rule = certainRule(matching);
  if (rule !== undefined && rule.class !== 'unknown') return certain(rule.class, rule.name);
  const status = hintOf(evidence, 'status');
  if (status !== undefined && (matching.length === 0 || rule !== undefined)) {
    return certain(status.class, status.why);
  }
  if (rule !== undefined) return certain(rule.class, rule.name);
  return isBare(text) && meaningsOf(text, matching).length === 0 ? TOO_SHORT : byModel(text, matching);
}

/** One word, or none: whatever the model makes of it, nobody could tell. */
const isBare = (text: string): boolean => (text.match(/\p{L}{2,}/gu) ?? []).length < 2;

const TOO_SHORT: Verdict = {
  class: 'unknown',
  confidence: rulePrecision('unknown'),
  by: 'rule',
  why: () => 'too short to tell',
};

function certain(of: FailureClass, why: string): Verdict {
  return { class: of, confidence: rulePrecision(of), by: 'rule', why: () => why };
}

function byModel(text: string, matching: readonly Rule[]): Verdict {
  const shares = probabilities(featuresOf(text, matching));
  const top = Math.max(...shares);
  const likeliest = FAILURE_CLASSES[shares.indexOf(top)]!;
  const words = () => {
    const named = strongest(namedFeaturesOf(text, matching), likeliest, SHOWN_WORDS);
    return named.length === 0 ? 'no word of it is known' : `words of ${likeliest}: ${named.join(', ')}`;
  };
  if (top >= LEAST_CONFIDENCE) return { class: likeliest, confidence: top, by: 'model', why: words };
  const share = shares[FAILURE_CLASSES.indexOf('unknown')]!;
  return { class: 'unknown', confidence: share, by: 'model', why: () => `in doubt; ${words()}` };
}
