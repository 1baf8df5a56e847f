import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/** The gate, or the way to it, refused; in its own words. */
export class GateError extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly status: number
  ) {
    super(message);
  }
}

/** What the Jupyter server knows of the gate. */
export interface GateState {
  state: 'running' | 'starting' | 'down';
  tenant?: string;
  user?: string;
  role?: string;
  version?: string;
  home?: string;
  message?: string;
  hint?: string;
}

/** Asks the gate through the Jupyter server, which adds the token. */
export class Gate {
  constructor(private _settings: ServerConnection.ISettings) {}

  async get<T>(...segments: string[]): Promise<T> {
    const { data } = await this._request<{ data: T }>('GET', 'gate', ...segments);
    return data;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const { data } = await this._request<{ data: T }>('POST', body, 'gate', ...path.split('/'));
    return data;
  }

  /** Looks without starting it. */
  state(): Promise<GateState> {
    return this._request('GET', 'state');
  }

  start(): Promise<GateState> {
    return this._request('POST', {}, 'state');
  }

  complete<T>(text: string, offset: number): Promise<T> {
    return this._request('POST', { text, offset }, 'complete');
  }

  private async _request<T>(method: 'GET', ...segments: string[]): Promise<T>;
  private async _request<T>(method: 'POST', body: object, ...segments: string[]): Promise<T>;
  private async _request<T>(method: string, ...rest: (string | object)[]): Promise<T> {
    const body = method === 'POST' ? JSON.stringify(rest.shift()) : undefined;
    const address = URLExt.join(this._settings.baseUrl, 'tobit', ...(rest as string[]).map(encodeURIComponent));
    const response = await ServerConnection.makeRequest(address, { method, body }, this._settings);
    const text = await response.text();
    const answer = parse(text);
    if (!response.ok) {
      throw new GateError(answer?.message || response.statusText, answer?.data?.hint ?? '', response.status);
    }
    return answer as T;
  }
}

interface Failure {
  message?: string;
  data?: { hint?: string };
}

function parse(text: string): Failure | null {
  try {
    return JSON.parse(text) as Failure;
  } catch {
    return null;
  }
}
