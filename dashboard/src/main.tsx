import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Root } from './shell';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/print.css';
import { takeToken } from './data/session';
import { applyTheme } from './data/theme';

takeToken();
applyTheme();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
}
