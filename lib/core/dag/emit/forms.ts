/**
 * What a graph becomes: machines with a state for each of its nodes, or the graph runner, whose one state enters all of
 * them and leaves their order to the engine.
 */
export const MACHINE_FORMS = ['per-node', 'compact'] as const;

export type MachineForm = (typeof MACHINE_FORMS)[number];
