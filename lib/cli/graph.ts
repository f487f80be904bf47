import { type Command, Option } from 'commander';
import { createFileHistory } from '../adapters/embedded/disk/history';
import { dot } from '../core/dag/draw/dot';
import { explainNode } from '../core/dag/draw/explain';
import { mermaid } from '../core/dag/draw/mermaid';
import { type Picture, pictureOf } from '../core/dag/draw/picture';
import { svg } from '../core/dag/draw/svg';
import { readGraph, writeText } from './files';
import { explanationText } from './graph-explanation';
import { JOURNAL_OPTION, layoutAt } from './options';
import { print } from './print';

const FORMATS: Readonly<Record<string, (picture: Picture) => string>> = { svg, mermaid, dot };

interface Options {
  readonly format: string;
  readonly out?: string;
  readonly explain?: string;
  readonly json?: boolean;
  readonly journal: string;
}

/** `reprise graph GRAPH`: a picture of a graph, or of one node why it starts when it does. */
export function registerGraph(program: Command): void {
  program
    .command('graph')
    .description('draw a graph, or explain a node of it')
    .argument('<graph>', 'the graph file, YAML or JSON')
    .addOption(new Option('--format <format>', 'what to draw').choices(Object.keys(FORMATS)).default('svg'))
    .option('--out <file>', 'write to this file instead of standard output')
    .option('--explain <node>', 'say what a node waits for, and why')
    .option('--json', 'print one JSON document: the drawing as text, or with --explain what is explained')
    .option(JOURNAL_OPTION[0], 'where durations are learned from, when there is a journal', JOURNAL_OPTION[2])
    .action(showGraph);
}

async function showGraph(file: string, options: Options): Promise<void> {
  const graph = await readGraph(file);
  const history = await createFileHistory(layoutAt(options.journal)).durations();
  if (options.explain === undefined) {
    const drawing = FORMATS[options.format]!(pictureOf(graph, history));
    const { name, nodes } = graph;
    const document = { graph: name, nodes: nodes.length, format: options.format, drawing };
    return put(options, document, () => drawing);
  }
  return put(options, explainNode(graph, options.explain, history), explanationText);
}

async function put<T>(options: Options, document: T, text: (document: T) => string): Promise<void> {
  const { out, json } = options;
  if (out === undefined) return print(options, document, text);
  return writeText(out, json ? `${JSON.stringify(document)}\n` : text(document));
}
