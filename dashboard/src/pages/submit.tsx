import { type DragEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { type ApiError, askEngine } from '../data/api';
import { goTo, linkTo, oneOf } from '../data/route';
import { counted } from '../data/tell';
import { PageHead, Panel, Problem, Told } from '../parts/basics';
import { Icon } from '../parts/icons';
import type { Compiled, Placed } from '../submit/compile';
import '../style/submit.css';

const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
const BEGINNING = `name: my-first-graph
nodes:
  - id: build
    run: echo built
  - id: test
    needs: [build]
    run: echo 42 passed
`;

/** A graph out of a file, or written here; what the compiler says stands beside the line that it is about. */
export default function SubmitPage() {
  const [text, setText] = useState('');
  const [source, setSource] = useState('graph.yaml');
  const compiled = useCompiled(text, source);

  async function take(file: File | undefined) {
    if (!file) return;
    setSource(file.name);
    setText(await file.text());
  }

  return (
    <main>
      <PageHead
        title="Submit a graph"
        lead="It is compiled here as you write: what does not compile is not submitted."
        back={{ href: linkTo('jobs'), name: 'Jobs' }}
      />
      <DropZone onFile={(file) => void take(file)} onBegin={() => setText(BEGINNING)} isEmpty={text === ''} />
      {text !== '' && (
        <div className="submit">
          <Panel title={source} tools={<Verdict compiled={compiled} />}>
            <Editor text={text} onChange={setText} problems={problemsOf(compiled)} />
          </Panel>
          <div>
            <Problems of={problemsOf(compiled)} />
            <Options compiled={compiled} />
          </div>
        </div>
      )}
    </main>
  );
}

const problemsOf = (compiled: Compiled | undefined): readonly Placed[] =>
  compiled && 'problems' in compiled ? compiled.problems : [];

/** The compiler is fetched when there is something to compile. */
function useCompiled(text: string, source: string): Compiled | undefined {
  const latest = useDeferredValue(text);
  const [compiled, setCompiled] = useState<Compiled>();
  useEffect(() => {
    let isGone = false;
    if (latest === '') return undefined;
    void import('../submit/compile').then(({ compileText }) => {
      if (!isGone) setCompiled(compileText(latest, source));
    });
    return () => {
      isGone = true;
    };
  }, [latest, source]);
  return latest === '' ? undefined : compiled;
}

function DropZone(props: { onFile: (file?: File) => void; onBegin: () => void; isEmpty: boolean }) {
  const { onFile, onBegin, isEmpty } = props;
  const [isOver, setOver] = useState(false);
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer.files[0]);
  };
  return (
    <section
      aria-label="A file"
      className={`drop ${isOver ? 'over' : ''} ${isEmpty ? '' : 'small'}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <Icon name="upload" />
      <p>Drop a graph here, YAML or JSON</p>
      <div className="row">
        <label className="button primary">
          Choose a file
          <input
            type="file"
            className="unseen"
            accept=".yaml,.yml,.json"
            onChange={({ target }) => onFile(target.files?.[0])}
          />
        </label>
        {isEmpty && (
          <button type="button" onClick={onBegin}>
            Begin with an example
          </button>
        )}
      </div>
    </section>
  );
}

function Verdict({ compiled }: { compiled: Compiled | undefined }) {
  if (!compiled) return <small role="status">Compiling …</small>;
  if ('problems' in compiled) {
    return (
      <span className="status failed" role="status">
        ✕ {counted(compiled.problems.length, 'problem')}
      </span>
    );
  }
  return (
    <span className="status succeeded" role="status">
      ✓ {counted(compiled.nodes, 'node')}, {counted(compiled.edges, 'need')}
    </span>
  );
}

/** The text with its line numbers; lines that have a problem are marked. */
function Editor(props: { text: string; onChange: (text: string) => void; problems: readonly Placed[] }) {
  const { text, onChange, problems } = props;
  const gutter = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.split('\n').length, [text]);
  const marked = useMemo(() => new Map(problems.map((one) => [one.line, one.message])), [problems]);
  return (
    <div className="editor">
      <div ref={gutter} className="gutter" aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => i + 1).map((line) => (
          <span key={line} className={marked.has(line) ? 'marked' : ''} title={marked.get(line)}>
            {line}
          </span>
        ))}
      </div>
      <textarea
        aria-label="The graph"
        spellCheck={false}
        wrap="off"
        value={text}
        onChange={({ target }) => onChange(target.value)}
        onScroll={({ currentTarget }) => {
          if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
        }}
      />
    </div>
  );
}

function Problems({ of }: { of: readonly Placed[] }) {
  if (of.length === 0) return null;
  return (
    <Panel title={counted(of.length, 'problem')}>
      <ol className="problems body" aria-label="Problems">
        {of.slice(0, 50).map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            {problem.line !== undefined && (
              <code>
                line {problem.line}:{problem.column}
              </code>
            )}
            <p>
              <Told text={problem.message.replace(/^\S+:\d+:\d+ /, '')} />
            </p>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Options({ compiled }: { compiled: Compiled | undefined }) {
  const [priority, setPriority] = useState<(typeof PRIORITIES)[number]>('normal');
  const [deadline, setDeadline] = useState('');
  const [parameters, setParameters] = useState('');
  const [error, setError] = useState<ApiError>();
  const isReady = compiled !== undefined && 'document' in compiled;

  async function submit() {
    if (!isReady) return;
    try {
      const body = {
        ...{ execution_graph: compiled.document, priority },
        ...(deadline.trim() && { deadline: deadline.trim() }),
        ...(parameters.trim() && { parameters: parametersOf(parameters) }),
      };
      const { job_id } = await askEngine('submitJob', { body });
      goTo('jobs', job_id);
    } catch (refused) {
      setError(refused as ApiError);
    }
  }

  return (
    <Panel title="How it runs">
      <form
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div className="fields">
          <label>
            Priority
            <select
              value={priority}
              onChange={({ target }) => setPriority(oneOf(PRIORITIES, target.value) ?? 'normal')}
            >
              {PRIORITIES.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label>
            Deadline
            <input
              placeholder="such as 30m"
              value={deadline}
              onChange={({ target }) => setDeadline(target.value)}
            />
          </label>
        </div>
        <label className="parameters">
          Parameters, NAME=VALUE a line
          <textarea value={parameters} onChange={({ target }) => setParameters(target.value)} />
        </label>
        <Problem error={error} />
        <button type="submit" className="primary" disabled={!isReady}>
          Submit
        </button>
      </form>
    </Panel>
  );
}

function parametersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
}
