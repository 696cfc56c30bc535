import { all } from "./words";

type Given = Record<string, unknown> & { challenge: string };

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (given: unknown): PublicKeyCredentialDescriptor[] =>
  ((given ?? []) as { id: string; type: "public-key" }[]).map((one) => ({ type: one.type, id: bytes(one.id) }));

/** Browsers give passkeys to secure pages under a name only, never under a bare number. */
const possible = (): boolean =>
  "PublicKeyCredential" in window && isSecureContext && !/^[\d.]+$|:/.test(location.hostname);

async function asked(form: HTMLFormElement): Promise<Given> {
  const fields = new FormData(form);
  fields.delete("passkey");
  const answer = await fetch(form.action, { method: "POST", body: fields });
  return await answer.json() as Given;
}

async function signed(given: Given): Promise<object> {
  const publicKey = { ...given, challenge: bytes(given.challenge), allowCredentials: ids(given.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey }) as PublicKeyCredential;
  const said = found.response as AuthenticatorAssertionResponse;
  return {
    ...named(found),
    response: {
      clientDataJSON: text(said.clientDataJSON), authenticatorData: text(said.authenticatorData),
      signature: text(said.signature), userHandle: said.userHandle ? text(said.userHandle) : null,
    },
  };
}

async function made(given: Given): Promise<object> {
  const user = given.user as { id: string; name: string; displayName: string };
  const publicKey = {
    ...given, challenge: bytes(given.challenge), user: { ...user, id: bytes(user.id) },
    excludeCredentials: ids(given.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const found = await navigator.credentials.create({ publicKey }) as PublicKeyCredential;
  const said = found.response as AuthenticatorAttestationResponse;
  return {
    ...named(found),
    response: {
      clientDataJSON: text(said.clientDataJSON), attestationObject: text(said.attestationObject),
      transports: said.getTransports?.() ?? [],
    },
  };
}

const named = (found: PublicKeyCredential): object =>
  ({ id: found.id, rawId: text(found.rawId), type: found.type, clientExtensionResults: {} });

/** Fills the form's hidden field `passkey`; whether the person let her key answer. */
async function filled(form: HTMLFormElement): Promise<boolean> {
  const trouble = form.querySelector<HTMLElement>(".ly-error[role=alert]");
  if (trouble) trouble.hidden = true;
  try {
    const given = await asked(form);
    const answer = form.dataset.passkey === "create" ? await made(given) : await signed(given);
    (form.elements.namedItem("passkey") as HTMLInputElement).value = JSON.stringify(answer);
    return true;
  } catch {
    if (trouble) trouble.hidden = false;
    return false;
  }
}

/** Forms marked data-passkey="get" or "create" appear where the browser can do it; their button asks the key first. */
export function startPasskeys(): void {
  if (!possible()) return;
  all("[data-no-passkey]").forEach((one) => { one.hidden = true; });
  for (const form of all<HTMLFormElement>("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button")?.addEventListener("click", (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      void filled(form).then((yes) => {
        if (yes && form.dispatchEvent(new CustomEvent("passkey", { cancelable: true }))) form.submit();
      });
    });
  }
}
