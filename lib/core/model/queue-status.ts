/** open: admits. paused: admits nothing, what runs goes on. draining: takes no new job either. */
export const QUEUE_STATUSES = ['open', 'paused', 'draining'] as const;
export type QueueStatus = (typeof QUEUE_STATUSES)[number];
