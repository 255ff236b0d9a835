import { useEffect, useState } from 'react';
import {
  Button,
  ComboBox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';
import type { Choice } from '../design/fields';
import fields from '../design/fields.module.css';
import { Icon } from '../design/icons';
import styles from './Asking.module.css';
import { usePeople } from './choices';

/** Somebody, found by a part of their name. */
export function PersonField(props: {
  label: string;
  person: Choice | null;
  onChoose: (person: Choice) => void;
  problem?: string | null;
}) {
  const { person } = props;
  const [text, setText] = useState(person?.name ?? '');
  const [isLooking, setLooking] = useState(false);
  const name = person?.name;
  // The name of who was chosen may come later than their id, and be chosen elsewhere.
  useEffect(() => setText(name ?? ''), [name]);
  // While nothing else was typed, everybody is shown.
  const found = usePeople(text === name ? '' : text, isLooking);
  const items = withChosen(found.data ?? [], text === name ? person : null);
  return (
    <ComboBox
      className={fields.field ?? ''}
      items={items}
      inputValue={text}
      onInputChange={setText}
      selectedKey={person?.id ?? null}
      onSelectionChange={(key) => {
        const chosen = items.find(({ id }) => id === key);
        if (!chosen) return;
        // In the same step: a text that comes later would count as typed, and open the list again.
        setText(chosen.name);
        props.onChoose(chosen);
      }}
      onFocusChange={(isFocused) => {
        if (isFocused) setLooking(true);
        // What was typed and led to nobody is not left to be taken for who was chosen.
        else setText(name ?? '');
      }}
      isInvalid={props.problem != null}
      validationBehavior="aria"
      allowsEmptyCollection
      menuTrigger="input"
    >
      <Label className={fields.label ?? ''}>{props.label}</Label>
      <div className={styles.combo}>
        <Input
          className={fields.input ?? ''}
          autoComplete="off"
          spellCheck="false"
          placeholder="Part of a name"
        />
        <Button className={styles.comboButton ?? ''} aria-label={`Show people: ${props.label}`}>
          <Icon name="down" size={18} />
        </Button>
      </div>
      <FieldError className={fields.wrong ?? ''}>{props.problem}</FieldError>
      <Popover className={fields.popover ?? ''}>
        <ListBox<Choice>
          className={fields.options ?? ''}
          dependencies={[person?.id]}
          renderEmptyState={() => <p className={styles.none}>{emptyText(found)}</p>}
        >
          {({ id, name: each }) => (
            <ListBoxItem id={id} textValue={each} className={fields.option ?? ''}>
              <span className={fields.value}>{each}</span>
              {id === person?.id && <Icon name="check" size={18} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** Who is chosen is among those who are shown, as long as nobody else is looked for. */
function withChosen(people: Choice[], person: Choice | null): Choice[] {
  return person === null || people.some(({ id }) => id === person.id) ? people : [...people, person];
}

function emptyText(found: ReturnType<typeof usePeople>): string {
  if (found.isError) return `People could not be searched: ${found.error.message}`;
  return found.isPending ? 'Searching…' : 'Nobody of this name.';
}
