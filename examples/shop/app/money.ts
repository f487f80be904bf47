/** Amounts are whole cents: sums of floating-point euros drift. */
export type Cents = number;

export function formatMoney(cents: Cents): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(cents) / 100);
  const rest = String(Math.abs(cents) % 100).padStart(2, '0');
  return `${sign}€${whole.toLocaleString('en-GB')}.${rest}`;
}

/** A percentage of an amount, to the nearest cent; halves go up. */
export function percentOf(cents: Cents, percent: number): Cents {
  return Math.round((cents * percent) / 100);
}
