import { createForgetting } from '../../../../../lib/adapters/embedded/runtime/forgetting';

function world() {
  const told: string[] = [];
  const forgetting = createForgetting({
    endings: { restart: (jobId) => void told.push(`ending ${jobId}`) },
    workflow: { forget: (jobId) => void told.push(`walk ${jobId}`) },
    timers: { forget: ({ id }) => void told.push(`timers ${id}`) },
    engine: { forget: ({ id }) => void told.push(`fold ${id}`) },
  });
  return { told, forgetting };
}

describe('a job that is forgotten', () => {
  it('is let go of by all who hold something of it', () => {
    const { told, forgetting } = world();
    forgetting.forget('j');
    expect(told).toEqual(['ending j', 'walk j', 'timers j', 'fold j']);
  });

  it('is let go of again when something comes late, which brings its fold back', () => {
    const { told, forgetting } = world();
    forgetting.late('j');
    expect(told).toEqual([]);
    forgetting.forget('j');
    told.length = 0;
    forgetting.late('j');
    expect(told).toEqual(['fold j']);
  });

  it('is held again when it goes on', () => {
    const { told, forgetting } = world();
    forgetting.forget('j');
    told.length = 0;
    forgetting.remember('j');
    forgetting.late('j');
    expect(told).toEqual(['walk j']);
  });
});
