-- What models think before they answer, where they tell it.

ALTER TABLE turns ADD COLUMN thoughts TEXT;  -- its beginning; null where there is none
