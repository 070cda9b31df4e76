-- The model that a turn was asked of in place of what is chosen, kept beside the one that answered in the end.

ALTER TABLE turns ADD COLUMN wanted TEXT;
UPDATE turns SET wanted = model WHERE answer_entry IS NULL;
