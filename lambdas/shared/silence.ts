/** How often a worker says that it lives, in seconds. */
export const HEARTBEAT_SECONDS = 10;
/** Silence after which a worker is held for lost, in milliseconds: four heartbeats and some grace. */
export const LOST_AFTER_MS = 45_000;
