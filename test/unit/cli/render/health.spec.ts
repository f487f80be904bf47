import { renderHealth } from '../../../../lib/cli/render/health';

it('health is a line for the whole, and one for each dependency with why it is not well', () => {
  process.env['NO_COLOR'] = '1';
  const time = '2026-03-02T00:00:00.000Z';
  const look = { componentType: 'datastore', time } as const;
  const text = renderHealth({
    ...{ status: 'warn', version: '1', serviceId: 'reprise', description: 'the engine' },
    checks: {
      'dynamodb:responseTime': [{ ...look, observedValue: 3.251, observedUnit: 'ms', status: 'pass' }],
      'breakers:open': [
        { ...look, observedValue: 1, observedUnit: 'open', status: 'warn', output: 'not closed: mail' },
      ],
    },
  });
  expect(text).toBe(
    [
      'warn  the engine',
      '  dynamodb:responseTime  pass  3.25 ms',
      '  breakers:open          warn  1 open  not closed: mail',
      '',
    ].join('\n'),
  );
});
