import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  readonly children: ReactNode;
  /** Within a page, which goes on beside it. */
  readonly isPart?: boolean;
}

/** What a view shows that went wrong: the rest of the page stays, and the next view is tried anew. */
export class Boundary extends Component<BoundaryProps, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    const problem = (
      <div className="problem" role="alert">
        <p>This view could not be drawn: {error.message}</p>
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
    return this.props.isPart ? problem : <main>{problem}</main>;
  }
}
