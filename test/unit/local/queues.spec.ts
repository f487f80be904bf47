import { queueName } from '../../../lib/local/queues';

describe('queueName', () => {
  it.each([
    ['QueuesJobsQueueED59FF02-8C1C6EC8DB98B.fifo', 'jobs'],
    ['QueuesJobsDeadLettersQueue2E882C0D-CA2F7CDC110C9.fifo', 'jobs dead letters'],
    ['BusNotificationsQueue79F57359-B66ADC7A195C2', 'notifications'],
    ['BusUndeliveredQueue79F57359-B66ADC7A195C2', 'undelivered dead letters'],
    ['WorkersEffectsNetDeadLettersQueue79F57359-B66ADC7A195C2', 'effectsnet dead letters'],
    ['WorkersSweeperDeadLettersQueue79F57359-B66ADC7A195C2', 'sweeper dead letters'],
  ])('finds the construct in %s', (generated, name) => {
    expect(queueName(`http://localhost:4566/000000000000/reprise-local-engine-${generated}`)).toBe(name);
  });
});
