-- Whether an entry of a session names a file is found without reading its other entries.

CREATE INDEX entries_with_files ON entries(id) WHERE instr(data, '"files"') > 0;
