/** Between the stream and its lane: in no id. */
const MARK = '#';

/** The message group of a lane of a stream. Lane 0 is that of whoever knows nothing of lanes, such as a state machine. */
export const groupOf = (streamId: string, lane: number): string =>
  lane === 0 ? streamId : `${streamId}${MARK}${lane}`;

/** The stream whose messages a group has. */
export const streamIdOf = (group: string): string => group.split(MARK, 1)[0] as string;
