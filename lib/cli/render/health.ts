import type { HealthView } from '../../contract/health';
import { colorsFor } from './style';

/** The whole, then a line for each dependency: name, status, what was observed, and why it is not well. */
export function renderHealth({ status, description, checks = {} }: HealthView): string {
  const colors = colorsFor(process.stdout);
  const paint = { pass: colors.green, warn: colors.yellow, fail: colors.red };
  const width = Math.max(...Object.keys(checks).map((name) => name.length), 0);
  const rows = Object.entries(checks).flatMap(([name, looks]) =>
    looks.map((look) => {
      const observed = `${Math.round(look.observedValue * 100) / 100} ${look.observedUnit}`;
      return `  ${name.padEnd(width)}  ${paint[look.status](look.status)}  ${observed}  ${look.output ?? ''}`.trimEnd();
    }),
  );
  return [`${colors.bold(paint[status](status))}  ${description}`, ...rows, ''].join('\n');
}
