/** Time the fast path has before anybody else does its work, in seconds: an invocation and some. */
export const FAST_PATH_SECONDS = 5;
