/*
 * Puts a button on a page that writes to a deployment, in a frame of Shiftline's own page:
 *
 *   <script src="https://apps.example.com/message-us.js" data-deployment="DEPLOYMENT-ID" data-label="Write to us" defer></script>
 *
 * data-name says who writes (as the agent sees it); data-target is a selector of where the button goes, else it floats at
 * the window's lower right. The page's policy has to allow this origin's scripts and frames.
 */
(() => {
  const script = document.currentScript;
  const { deployment, label = 'Write to us', name, target } = script.dataset;
  if (!deployment) throw new Error('message-us.js: data-deployment is missing.');
  const address = new URL('/message', script.src);
  address.searchParams.set('deployment', deployment);
  if (name) address.searchParams.set('name', name);

  const make = (tag, style, properties) => {
    const made = Object.assign(document.createElement(tag), properties);
    Object.assign(made.style, style);
    return made;
  };

  const root = make(
    'div',
    target ? {} : { position: 'fixed', right: '1rem', bottom: '1rem', zIndex: '2147483000' },
  );
  const button = make(
    'button',
    {
      minHeight: '2.75rem',
      padding: '0 1.25rem',
      border: '0',
      borderRadius: '999px',
      background: '#1d5bb8',
      color: '#fff',
      font: '500 1rem/1 system-ui, sans-serif',
      cursor: 'pointer',
    },
    { type: 'button', textContent: label },
  );
  let frame = null;

  const close = () => {
    // The conversation goes on: whoever opens it again reads on.
    frame?.remove();
    frame = null;
    button.textContent = label;
    button.setAttribute('aria-expanded', 'false');
  };
  const open = () => {
    frame = make(
      'iframe',
      {
        display: 'block',
        width: 'min(22rem, calc(100vw - 2rem))',
        height: '30rem',
        marginBottom: '0.75rem',
        border: '1px solid #7f8b98',
        borderRadius: '12px',
        background: '#fff',
      },
      { src: address.href, title: label },
    );
    root.prepend(frame);
    button.textContent = 'Close';
    button.setAttribute('aria-expanded', 'true');
  };

  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => (frame ? close() : open()));
  root.append(button);
  const place = () => (target ? document.querySelector(target) : document.body)?.append(root);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', place);
  else place();
})();
