import { queueName } from '../../../lib/localcloud/queues';

describe('queueName', () => {
  it.each([
    ['QueuesJobsQueueED59FF02-8C1C6EC8DB98B.fifo', 'jobs'],
    ['QueuesJobsDlqQueue2E882C0D-CA2F7CDC110C9.fifo', 'jobs dlq'],
    ['BusNotificationsQueue79F57359-B66ADC7A195C2', 'notifications'],
    ['BusNotificationsDlqQueue79F57359-B66ADC7A195C2', 'notifications dlq'],
    ['FunctionsOutboxRelayDlqQueue79F57359-B66ADC7A195C2', 'outboxrelay dlq'],
  ])('finds the construct in %s', (generated, name) => {
    expect(queueName(`http://localhost:4566/000000000000/reprise-local-engine-${generated}`)).toBe(name);
  });

  it.each([
    ['reprise-local-redrive', 'redrive'],
    ['reprise-local-redrive-dlq', 'redrive dlq'],
  ])('reads %s, which people look for, as it is', (given, name) => {
    expect(queueName(`http://localhost:4566/000000000000/${given}`)).toBe(name);
  });
});
