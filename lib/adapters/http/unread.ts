import type { MiddlewareHandler } from 'hono';

/**
 * Says that the connection ends with an answer that came before the body was read: the server closes it soon, and a
 * client that sends its next request over it would never get an answer.
 */
export const closeUnread: MiddlewareHandler = async (c, next) => {
  await next();
  const isEmpty = (c.req.header('content-length') ?? '0') === '0' && !c.req.header('transfer-encoding');
  if (!isEmpty && !c.req.raw.bodyUsed) c.header('Connection', 'close');
};
