const Sequencer = require('@jest/test-sequencer').default;

/** What takes minutes begins first, whatever the size of its file: at the end one worker would wait for the other. */
const FIRST = ['/test/integration/', '/test/infra/', '/test/e2e/', '/test/simulation/'];

const rankOf = ({ path }) => {
  const rank = FIRST.findIndex((part) => path.includes(part));
  return rank < 0 ? FIRST.length : rank;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
};
