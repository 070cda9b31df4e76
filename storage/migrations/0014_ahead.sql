-- A waiting prompt that its owner sent before the others stays before them: those with a larger `ahead` are asked first.

ALTER TABLE turns ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
DROP INDEX turns_waiting;
CREATE INDEX turns_waiting ON turns(owner, number, ahead DESC, id) WHERE state IN ('queued', 'paused');
